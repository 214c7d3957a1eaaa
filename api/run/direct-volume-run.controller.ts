import { Controller } from '@nestjs/common';
import { directVolumeMigration } from '../../resources/kinds/direct-volume-migration.js';
import { GROUP, VERSION } from '../../resources/meta/labels.js';
import { RunController } from './run.controller.js';

@Controller(`apis/${GROUP}/${VERSION}/namespaces/:namespace/directvolumemigrations/:name`)
export class DirectVolumeRunController extends RunController {
  protected readonly definition = directVolumeMigration;
}
