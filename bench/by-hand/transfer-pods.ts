export const SERVER_PORT = 6443;

export interface TransferPod {
  name: string;
  namespace: string;
  claim: string;
  image: string;
}

/** TLS as ours: version 1.3, the same cipher, both peers known by their certificates. */
const TLS = `foreground = yes
pid =
syslog = no
debug = err
sslVersionMin = TLSv1.3
ciphersuites = TLS_AES_128_GCM_SHA256
cert = /keys/own.pem
CAfile = /keys/peer.pem
verifyPeer = yes
[rsync]`;

const SERVE = `cat >/tmp/rsyncd.conf <<END
uid = 0
gid = 0
numeric ids = yes
[volume]
path = /volume
read only = no
END
cat >/tmp/stunnel.conf <<END
${TLS}
accept = ${SERVER_PORT}
exec = /usr/bin/rsync
execArgs = rsync --daemon --config=/tmp/rsyncd.conf
END
exec stunnel /tmp/stunnel.conf`;

/** Tries until the server answers; the last line of its log is the seconds the rsync that went through took. */
const send = (server: string): string => `cat >/tmp/stunnel.conf <<END
${TLS}
client = yes
accept = 127.0.0.1:8730
connect = ${server}
END
stunnel /tmp/stunnel.conf &
now() { cut -d ' ' -f 1 /proc/uptime; }
tries=0
began=$(now)
until rsync -aH --numeric-ids --delete --partial --stats /volume/ rsync://127.0.0.1:8730/volume/; do
  tries=$((tries + 1))
  [ "$tries" -lt 600 ] || exit 1
  sleep 0.1
  began=$(now)
done
ended=$(now)
kill $!
awk "BEGIN { print $ended - $began }"`;

export const serverPod = (pod: TransferPod) => podOf(pod, { script: SERVE, readOnly: false });

/** @param server address and port as seen from the source */
export const clientPod = ({ server, ...pod }: TransferPod & { server: string }) =>
  podOf(pod, { script: send(server), readOnly: true });

const podOf = (
  { name, namespace, claim, image }: TransferPod,
  { script, readOnly }: { script: string; readOnly: boolean },
) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, labels: { app: name } },
  spec: {
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: 0,
    containers: [
      {
        name: 'rsync',
        image,
        command: ['sh', '-c', script],
        volumeMounts: [
          { name: 'volume', mountPath: '/volume', readOnly },
          { name: 'keys', mountPath: '/keys', readOnly: true },
        ],
      },
    ],
    volumes: [
      { name: 'volume', persistentVolumeClaim: { claimName: claim } },
      { name: 'keys', secret: { secretName: name, defaultMode: 0o400 } },
    ],
  },
});
