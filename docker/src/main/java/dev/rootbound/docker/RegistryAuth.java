package dev.rootbound.docker;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.registry.Credentials;
import java.util.Base64;

/** A registry's credentials as clients send them: Docker's AuthConfig. */
final class RegistryAuth {
    private RegistryAuth() {}

    /**
     * @param header of X-Registry-Auth: the JSON in base64url, with or without padding; empty: none
     */
    static Credentials parse(String header) {
        if (header.isEmpty()) {
            return new Credentials.Anonymous();
        }
        try {
            var bytes = Base64.getUrlDecoder().decode(header.replace('+', '-').replace('/', '_'));
            return of(Fields.of(Json.parse(new String(bytes, UTF_8))));
        } catch (IllegalArgumentException e) {
            throw new ApiException(400, "X-Registry-Auth is not JSON in base64url");
        }
    }

    static Credentials of(Fields auth) {
        var registryToken = auth.text("registrytoken");
        var identityToken = auth.text("identitytoken");
        if (!registryToken.isEmpty()) {
            return new Credentials.RegistryToken(registryToken);
        }
        if (!identityToken.isEmpty()) {
            return new Credentials.IdentityToken(identityToken);
        }
        if (!auth.text("username").isEmpty()) {
            return new Credentials.Password(auth.text("username"), auth.text("password"));
        }
        return pair(auth.text("auth"));
    }

    private static Credentials pair(String encoded) {
        String pair;
        try {
            pair = new String(Base64.getDecoder().decode(encoded), UTF_8);
        } catch (IllegalArgumentException e) {
            throw new ApiException(400, "the credentials' auth is not base64");
        }
        int colon = pair.indexOf(':');
        return colon <= 0
                ? new Credentials.Anonymous()
                : new Credentials.Password(pair.substring(0, colon), pair.substring(colon + 1));
    }
}
