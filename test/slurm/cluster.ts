import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const PROGRAMS = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'squeue', 'scontrol', 'scancel'];

/** Why there can be no cluster here. */
export function whyNoCluster(): string | undefined {
  if (process.getuid?.() !== 0) return 'Slurm’s slurmd needs root';
  const missing = PROGRAMS.filter((name) => spawnSync('which', [name]).status !== 0);
  return missing.length > 0 ? `not installed: Slurm (${missing.join(', ')})` : undefined;
}

export interface Cluster {
  /** What Slurm's commands need to find it. */
  readonly environment: Record<string, string>;
  ask(program: string, words: string[]): string;
  stop(): Promise<void>;
}

/** A real Slurm of one node, this machine, with its own key, ports and folders. */
export async function startCluster(): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'gru-bench-slurm-'));
  for (const name of ['state', 'spool']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'munge.key'), randomBytes(1024), { mode: 0o600 });
  const config = join(folder, 'slurm.conf');
  const [controllerPort, nodePort] = [await freePort(), await freePort()];
  writeFileSync(config, slurmConfig(folder, controllerPort, nodePort));
  const environment = { SLURM_CONF: config };
  const log = openSync(join(folder, 'daemons.log'), 'w');
  const start = (program: string, words: string[]) =>
    spawn(program, words, { env: { ...process.env, ...environment }, stdio: ['ignore', log, log] });
  const munged = start('munged', [
    '--force',
    '--foreground',
    ...Object.entries({ key: 'key', socket: 'socket', pid: 'pid', log: 'log', seed: 'seed' }).map(
      ([name, end]) => `--${name}${name === 'socket' ? '' : '-file'}=${join(folder, `munge.${end}`)}`,
    ),
  ]);
  await setTimeout(500);
  const controller = start('slurmctld', ['-D']);
  const node = start('slurmd', ['-D']);
  const daemons = [node, controller, munged];
  const ask = (program: string, words: string[]) =>
    execFileSync(program, words, { encoding: 'utf8', env: { ...process.env, ...environment } });
  const stop = async () => {
    for (const daemon of daemons) {
      daemon.kill('SIGTERM');
      await Promise.race([new Promise((resolve) => daemon.once('exit', resolve)), setTimeout(5000)]);
      daemon.kill('SIGKILL');
    }
    closeSync(log);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  for (let tries = 0; ; tries++) {
    await setTimeout(500);
    const { stdout } = spawnSync('sinfo', ['--noheader', '--format=%T'], {
      encoding: 'utf8',
      env: { ...process.env, ...environment },
    });
    if (stdout.includes('idle')) return { environment, ask, stop };
    if (tries === 60) {
      await stop();
      throw new Error('the cluster did not come up');
    }
  }
}

function slurmConfig(folder: string, controllerPort: number, nodePort: number): string {
  const host = hostname().split('.')[0];
  return `ClusterName=test
SlurmctldHost=${host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=${folder}/munge.socket,cred_expire=5
CredType=cred/munge
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmctldPort=${controllerPort}
SlurmdPort=${nodePort}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=batch_sched_delay=1,sched_interval=1
MpiDefault=none
ReturnToService=2
KillWait=10
NodeName=${host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=1000 State=UNKNOWN
PartitionName=main Nodes=${host} Default=YES MaxTime=INFINITE State=UP
`;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
