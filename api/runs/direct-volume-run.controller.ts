import { Controller } from '@nestjs/common';
import { directVolumeMigration } from '../../resources/direct-volume-migration.js';
import { GROUP, VERSION } from '../../resources/labels.js';
import { RunController } from './run.controller.js';

@Controller(`apis/${GROUP}/${VERSION}/namespaces/:namespace/directvolumemigrations/:name`)
export class DirectVolumeRunController extends RunController {
  protected readonly definition = directVolumeMigration;
}
