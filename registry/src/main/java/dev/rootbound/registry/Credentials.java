package dev.rootbound.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;

/** Who asks a registry. Never printed. */
public sealed interface Credentials {
    /** Nobody in particular. */
    record Anonymous() implements Credentials {}

    /** A name and a password, or a personal access token in its place. */
    record Password(String user, String password) implements Credentials {
        String basic() {
            var pair = (user + ":" + password).getBytes(UTF_8);
            return "Basic " + Base64.getEncoder().encodeToString(pair);
        }

        @Override
        public String toString() {
            return "Password[" + user + "]";
        }
    }

    /** A refresh token that a login gave (distribution's OAuth2 token specification). */
    record IdentityToken(String token) implements Credentials {
        @Override
        public String toString() {
            return "IdentityToken";
        }
    }

    /** A token that the registry takes as it is. */
    record RegistryToken(String token) implements Credentials {
        @Override
        public String toString() {
            return "RegistryToken";
        }
    }
}
