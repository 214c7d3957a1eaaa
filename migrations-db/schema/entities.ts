import { ChangeEntity } from './change-entity.js';
import { CopyPlaceEntity } from './copy-place-entity.js';
import { CreatedObjectEntity } from './created-object-entity.js';
import { LeaseEntity } from './lease-entity.js';
import { NamespaceLockEntity } from './namespace-lock-entity.js';
import { OutboxEntity } from './outbox-entity.js';
import { PlanQueueEntity } from './plan-queue-entity.js';
import { ResourceEntity } from './resource-entity.js';
import { RevisionEntity } from './revision-entity.js';
import { RunEntity } from './run-entity.js';
import { RunLogEntity } from './run-log-entity.js';
import { RunStepEntity } from './run-step-entity.js';
import { SchemaReadersEntity } from './schema-readers-entity.js';
import { SecretValueEntity } from './secret-value-entity.js';
import { VolumeTransferEntity } from './volume-transfer-entity.js';

export const ENTITIES = [
  ChangeEntity,
  CopyPlaceEntity,
  CreatedObjectEntity,
  LeaseEntity,
  NamespaceLockEntity,
  OutboxEntity,
  PlanQueueEntity,
  ResourceEntity,
  RevisionEntity,
  RunEntity,
  RunLogEntity,
  RunStepEntity,
  SchemaReadersEntity,
  SecretValueEntity,
  VolumeTransferEntity,
];
