package dev.rootbound.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.oci.Json;
import dev.rootbound.oci.MalformedException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What proves to one registry who asks: nothing until it wants to know, then a password or a token
 * (distribution: Token Authentication, and its OAuth2 form).
 */
final class Authorization {
    private static final String CLIENT = "rootbound";

    private final Wire wire;
    private final URI registry;
    private final Credentials credentials;
    private final Set<String> scopes = new TreeSet<>();

    /** Guarded by this. */
    private @Nullable String header;

    /**
     * @param registry where the credentials are for; a token's issuer must be as safe to reach
     * @param scope such as {@code repository:app:pull,push}; empty for none
     */
    Authorization(Wire wire, URI registry, Credentials credentials, String scope) {
        this.wire = wire;
        this.registry = registry;
        this.credentials = credentials;
        if (!scope.isEmpty()) scopes.add(scope);
        if (credentials instanceof Credentials.RegistryToken(var token)) header = bearer(token);
    }

    /** The header's value to send now, if there is any. */
    synchronized Optional<String> header() {
        return Optional.ofNullable(header);
    }

    /** From the next token on, it is for this too. */
    synchronized void addScope(String scope) {
        if (scopes.add(scope)) forget();
    }

    synchronized void removeScope(String scope) {
        if (scopes.remove(scope)) forget();
    }

    private void forget() {
        if (!(credentials instanceof Credentials.RegistryToken)) header = null;
    }

    /**
     * Does what an answer 401 asks for.
     *
     * @param sent what was sent with the request
     * @return whether there is something else to send now
     */
    synchronized boolean answer(Optional<String> sent, List<String> challenges)
            throws IOException, InterruptedException {
        if (!header().equals(sent)) return true; // another thread has asked meanwhile
        var challenge = Challenge.choose(challenges);
        if (challenge.isEmpty() || credentials instanceof Credentials.RegistryToken) return false;
        var next =
                switch (challenge.get().scheme()) {
                    case Challenge.BEARER -> bearer(token(challenge.get()));
                    case Challenge.BASIC ->
                            credentials instanceof Credentials.Password password
                                    ? password.basic()
                                    : null;
                    default -> null;
                };
        boolean isNew = next != null && !Optional.of(next).equals(sent);
        if (isNew) header = next;
        return isNew;
    }

    private static String bearer(String token) {
        return "Bearer " + token;
    }

    private String token(Challenge challenge) throws IOException, InterruptedException {
        var realm = realm(challenge.parameter("realm"));
        var asked = new TreeSet<>(scopes);
        if (!challenge.parameter("scope").isEmpty()) asked.add(challenge.parameter("scope"));
        var service = challenge.parameter("service");
        try (var answer = wire.send(request(realm, service, asked))) {
            if (answer.status() != 200) {
                var message = "get a token from " + realm + ": " + answer.statedError();
                throw answer.status() == 401 || answer.status() == 403
                        ? new RegistryException.Denied(message)
                        : new RegistryException.Failed(message);
            }
            var fields = Json.object(answer.document("the token"), "the answer of " + realm);
            var token = fields.text("token");
            if (token.isEmpty()) token = fields.text("access_token");
            if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
                throw new RegistryException.Failed(realm + " answered without a token");
            }
            return token;
        } catch (MalformedException e) {
            throw new RegistryException.Failed(String.valueOf(e.getMessage()), e);
        }
    }

    /** Passwords go there: it must not be less safe than the registry itself. */
    private URI realm(String text) throws RegistryException {
        URI realm;
        try {
            realm = URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new RegistryException.Failed(
                    registry + " sends for a token to '" + text + "', which is no address");
        }
        boolean known =
                "https".equals(realm.getScheme()) || registry.getScheme().equals(realm.getScheme());
        if (!known || realm.getHost() == null) {
            throw new RegistryException.Failed(
                    registry + " sends for a token to " + realm + ", which is not https");
        }
        return realm;
    }

    private HttpRequest.Builder request(URI realm, String service, Set<String> asked) {
        if (credentials instanceof Credentials.IdentityToken(var refresh)) {
            var form =
                    "grant_type=refresh_token&client_id="
                            + CLIENT
                            + "&service="
                            + encoded(service)
                            + "&scope="
                            + encoded(String.join(" ", asked))
                            + "&refresh_token="
                            + encoded(refresh);
            return wire.request(realm)
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString(form));
        }
        var query = new StringBuilder(realm.getRawQuery() == null ? "" : realm.getRawQuery() + "&");
        query.append("service=").append(encoded(service));
        for (var scope : asked) query.append("&scope=").append(encoded(scope));
        if (credentials instanceof Credentials.Password(var user, _)) {
            query.append("&account=").append(encoded(user)).append("&client_id=" + CLIENT);
        }
        var text = realm.toString();
        int mark = text.indexOf('?');
        var request =
                wire.request(URI.create((mark < 0 ? text : text.substring(0, mark)) + "?" + query));
        if (credentials instanceof Credentials.Password password) {
            request.header("Authorization", password.basic());
        }
        return request;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8);
    }
}
