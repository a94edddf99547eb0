import { ServerInterceptingCall, type ServerInterceptor } from '@grpc/grpc-js';
import { TesseraError } from '@tessera/core';
import { statusFromError } from '@tessera/proto';
import { isFor } from './peer-names.js';

/** Refuses every call of a peer whose certificate is for none of these names, before anything else sees it. */
export function onlyPeers(names: readonly string[]): ServerInterceptor {
  return (_method, call) =>
    new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata(metadata, proceed) {
            const { sslPeerCertificate: certificate } = call.getAuthContext();
            const isOne = certificate !== undefined && names.some((name) => isFor(certificate.raw, name));
            if (isOne) return proceed(metadata);
            const refusal = new TesseraError('permission_denied', `the certificate is not for ${names.join(' or ')}`);
            call.sendStatus(statusFromError(refusal));
          },
        }),
    });
}
