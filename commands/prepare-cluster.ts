#!/usr/bin/env node
import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import pRetry from 'p-retry';
import { stringify } from 'yaml';
import type { ClusterAccess } from '../clusters/cluster-access.js';
import { connectCluster } from '../clusters/connect-cluster.js';
import { PREPARATION, registration, withNodeAgent } from '../clusters/preparation/manifests.js';
import { prepareCluster } from '../clusters/preparation/prepare-cluster.js';
import { undoPreparation } from '../clusters/preparation/undo-preparation.js';
import { describeRight, missingRights, RIGHTS } from '../clusters/rights.js';
import { describeReference, type KubeObject, referenceOf } from '../resources/meta/kube-object.js';
import { readLocalKubeconfig } from './local-kubeconfig.js';
import { openOutput } from './private-output.js';

interface Options {
  kubeconfig: string;
  context?: string;
  name?: string;
  nodeAgent?: boolean;
  output?: string;
  undo?: boolean;
  yes?: boolean;
}

const say = (text: string): void => void process.stderr.write(`${text}\n`);
const toYaml = (objects: readonly KubeObject[]): string =>
  objects.map((object) => stringify(object, { aliasDuplicateObjects: false })).join('---\n');

async function prepare(access: ClusterAccess, { nodeAgent, output }: Options): Promise<void> {
  // Before anything is changed: what is refused is refused before a token is made.
  const registrationFile = await openOutput(output);
  try {
    const text = toYaml(await registerAccount(access, nodeAgent));
    say(`\nApply ${output ?? 'this'} to the API of the migration service${output ? '.' : ':\n'}`);
    await registrationFile.write(text);
  } catch (error) {
    await registrationFile.discard();
    throw error;
  }
}

/** Makes the account, and what the service needs to know of it. */
async function registerAccount(access: ClusterAccess, nodeAgent?: boolean): Promise<KubeObject[]> {
  const client = connectCluster(access);
  let token: string;
  try {
    token = await prepareCluster(
      client,
      ({ object, outcome }) => say(`${describeReference(referenceOf(object))} ${outcome}`),
      { nodeAgent },
    );
  } finally {
    await client.close();
  }
  const registered: ClusterAccess = { ...access, clientCert: undefined, token };
  await reviewRights(registered);
  return registration(registered);
}

/** Speaks as the new service account once, so that a token or role that does not work is found here and not in the service. */
async function reviewRights(access: ClusterAccess): Promise<void> {
  const client = connectCluster(access);
  const review = async (): Promise<void> => {
    const missing = await missingRights(client);
    if (missing.length > 0) {
      throw new Error(
        `The service account of cluster "${access.name}" is still denied: ${missing.map(describeRight).join(', ')}. An admission policy or another authorizer must forbid it.`,
      );
    }
  };
  try {
    // A new role takes a moment to reach every replica of the API server.
    await pRetry(review, { retries: 4, minTimeout: 250 });
  } finally {
    await client.close();
  }
}

async function undo(access: ClusterAccess): Promise<void> {
  const client = connectCluster(access);
  try {
    await undoPreparation(client, ({ object, outcome, reason }) =>
      say(`${describeReference(object)} ${outcome}${reason ? `: ${reason}` : ''}`),
    );
  } finally {
    await client.close();
  }
}

async function confirmed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    say('Nothing was changed. Run this again with --yes to continue.');
    return false;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

function showPreparation({ name, server }: ClusterAccess, nodeAgent?: boolean): void {
  say(`# To be applied to cluster ${name} (${server}):`);
  say(toYaml(nodeAgent ? PREPARATION.map(withNodeAgent) : PREPARATION));
  say('# What the rights are for:');
  for (const { group, resources, verbs, namespace, why } of RIGHTS) {
    say(
      `#   ${verbs.join(', ')}  ${resources.join(', ')}${group ? ` (${group})` : ''}${namespace ? ` in ${namespace}` : ''}`,
    );
    say(`#     ${why}`);
  }
  if (/^https?:\/\/(localhost|127\.|\[::1\])/.test(server)) {
    say(`# ${server} is an address of this machine: the migration service can reach the cluster at it only from here.`);
  }
}

/** A context such as `default/api-example-com:6443/admin` as the name of an object. */
const objectName = (context: string): string =>
  context
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

async function run(options: Options): Promise<void> {
  const local = await readLocalKubeconfig(options.kubeconfig, options.context);
  const access = { ...local, name: options.name ?? objectName(local.name) };
  if (options.undo) {
    const question = `Remove what prepare-cluster made in cluster ${access.name} (${access.server})?`;
    if (options.yes || (await confirmed(question))) {
      await undo(access);
    }
    return;
  }
  showPreparation(access, options.nodeAgent);
  if (options.yes || (await confirmed('Apply it?'))) {
    await prepare(access, options);
  }
}

await new Command('prepare-cluster')
  .description(
    'Gives a cluster the namespace, service account, rights and token that migrations need, and prints the MigCluster and Secret that register it. They hold the token: only these go to the output.',
  )
  .requiredOption('--kubeconfig <file>', "an administrator's kubeconfig of the cluster")
  .option('--context <name>', 'context of the kubeconfig, if not the current one')
  .option('--name <name>', 'name of the MigCluster; by default made from the context')
  .option(
    '--output <file>',
    'new file for MigCluster and Secret, readable by its owner alone; by default standard output',
  )
  .option('--node-agent', "admit Velero's node agent, which must be privileged; volumes are copied without it")
  .option('--undo', 'remove what this command made')
  .option('--yes', 'do not ask')
  .action(async (options: Options) => {
    try {
      await run(options);
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
      process.exitCode = 1;
    }
  })
  .parseAsync();
