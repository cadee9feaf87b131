package dev.rootbound.registry;

import static dev.rootbound.registry.StubRegistry.answer;
import static dev.rootbound.registry.StubRegistry.status;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.oci.Descriptor;
import dev.rootbound.oci.Json;
import java.io.IOException;
import java.net.URLDecoder;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class AuthorizationTest {
    private static final Credentials.Password ANN = new Credentials.Password("ann", "säcret:1");
    private static final String BASIC = ANN.basic();

    private final AtomicInteger tokens = new AtomicInteger();
    private StubRegistry registry;
    private Descriptor blob;

    @BeforeEach
    void start() throws IOException {
        registry = StubRegistry.http();
        blob = registry.blob(new byte[1000]);
        registry.always("GET /token", this::token);
        registry.always("POST /token", this::token);
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private void token(com.sun.net.httpserver.HttpExchange exchange) throws IOException {
        answer(
                exchange,
                200,
                ("{\"token\":\"t" + tokens.incrementAndGet() + "\"}").getBytes(UTF_8));
    }

    private String realm() {
        return "http://" + registry.host() + "/token";
    }

    private String bearer() {
        return "Bearer realm=\"" + realm() + "\",service=\"s&x\",scope=\"repository:app:pull\"";
    }

    /** Lets nobody in but with this. */
    private void demand(String challenge, String authorization) {
        registry.always(
                "GET /v2/",
                exchange -> {
                    var sent = exchange.getRequestHeaders().getFirst("Authorization");
                    if (authorization.equals(sent)) {
                        registry.serve(exchange);
                        return;
                    }
                    exchange.getResponseHeaders().set("WWW-Authenticate", challenge);
                    answer(exchange, 401, new byte[0]);
                });
    }

    private byte[] read(Credentials credentials) throws Exception {
        try (var remote = registry.open(StubRegistry.QUICK, credentials);
                var in = remote.blob(blob, 0)) {
            return in.readAllBytes();
        }
    }

    private String query(StubRegistry.Asked asked) {
        return URLDecoder.decode(asked.uri().getRawQuery(), UTF_8);
    }

    @Test
    void aPasswordIsGivenOnlyWhenItIsAskedFor() throws Exception {
        read(ANN);
        assertThat(registry.asked).allMatch(a -> a.header("Authorization").isEmpty());
        demand("Basic realm=\"x\"", BASIC);
        assertThat(read(ANN)).hasSize(1000);
    }

    @Test
    void aPasswordThatIsWrongIsSentOnce() {
        demand("Basic realm=\"x\"", "Basic other");
        assertThatThrownBy(() -> read(ANN))
                .isInstanceOf(RegistryException.Denied.class)
                .hasMessageEndingWith("unauthorized: authentication required");
        assertThat(registry.asked("GET /v2/app")).hasSize(2);
    }

    @Test
    void aTokenIsAskedForWithServiceAndEveryScopeAndThePassword() throws Exception {
        demand(bearer(), "Bearer t1");
        assertThat(read(ANN)).hasSize(1000);
        var asked = registry.asked("GET /token").getFirst();
        assertThat(query(asked))
                .isEqualTo(
                        "service=s&x&scope=repository:app:pull&scope=repository:app:pull,push"
                                + "&account=ann&client_id=rootbound");
        assertThat(asked.header("Authorization")).contains(BASIC);
    }

    @Test
    void whoIsNobodyGetsATokenWithoutAPassword() throws Exception {
        demand(bearer(), "Bearer t1");
        assertThat(read(new Credentials.Anonymous())).hasSize(1000);
        assertThat(registry.asked("GET /token").getFirst().header("Authorization")).isEmpty();
    }

    @Test
    void anExpiredTokenIsRenewedOnce() throws Exception {
        var good = new AtomicReference<>("Bearer t1");
        registry.always(
                "GET /v2/app",
                exchange -> {
                    if (good.get().equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                        registry.serve(exchange);
                        return;
                    }
                    exchange.getResponseHeaders().set("WWW-Authenticate", bearer());
                    answer(exchange, 401, new byte[0]);
                });
        try (var remote = registry.open(StubRegistry.QUICK, ANN)) {
            assertThat(remote.blob(blob, 0).readAllBytes()).hasSize(1000);
            good.set("Bearer t2");
            assertThat(remote.blob(blob, 0).readAllBytes()).hasSize(1000);
        }
        assertThat(tokens).hasValue(2);
    }

    @Test
    void aRegistryThatIsNeverContentIsAskedTwice() {
        demand(bearer(), "Bearer never");
        assertThatThrownBy(() -> read(ANN)).isInstanceOf(RegistryException.Denied.class);
        assertThat(registry.asked("GET /v2/app")).hasSize(2);
        assertThat(tokens).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "Bearer",
                "Bearer realm=\"",
                "Bearer realm",
                "=,=\"\\",
                "Negotiate",
                "Digest realm=\"x\",nonce=\"y\""
            })
    void aChallengeThatMakesNoSenseIsARefusal(String challenge) {
        demand(challenge, "never");
        assertThatThrownBy(() -> read(ANN)).isInstanceOf(RegistryException.class);
        assertThat(registry.asked).noneMatch(a -> a.header("Authorization").isPresent());
    }

    @Test
    void ofSeveralChallengesThatWhichCanBeAnsweredIs() throws Exception {
        registry.next(
                "GET /v2/app",
                status(
                        401,
                        "",
                        "WWW-Authenticate",
                        "Negotiate",
                        "WWW-Authenticate",
                        "Basic realm=\"x\"",
                        "WWW-Authenticate",
                        bearer()));
        assertThat(read(ANN)).hasSize(1000);
        assertThat(registry.asked("GET /v2/app").getLast().header("Authorization"))
                .contains("Bearer t1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:///etc/passwd", "ftp://localhost/x", "", "/token", "http:"})
    void aTokenIsAskedForAtNoOtherSchemeThanTheRegistrys(String realm) {
        demand("Bearer realm=\"" + realm + "\"", "never");
        assertThatThrownBy(() -> read(ANN))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("sends for a token to")
                .message()
                .doesNotContainPattern("\\p{Cc}");
    }

    @Test
    void anIdentityTokenIsPostedAndNeverInTheAddress() throws Exception {
        var form = new AtomicReference<String>();
        registry.next(
                "POST /token",
                exchange -> {
                    form.set(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
                    answer(exchange, 200, "{\"access_token\":\"t9\"}".getBytes(UTF_8));
                });
        demand(bearer(), "Bearer t9");
        assertThat(read(new Credentials.IdentityToken("re+fresh"))).hasSize(1000);
        assertThat(form.get())
                .isEqualTo(
                        "grant_type=refresh_token&client_id=rootbound&service=s%26x"
                                + "&scope=repository%3Aapp%3Apull+repository%3Aapp%3Apull%2Cpush"
                                + "&refresh_token=re%2Bfresh");
        assertThat(registry.asked).noneMatch(a -> a.toString().contains("fresh"));
    }

    @Test
    void aRegistryTokenIsSentAsItIsAndNothingElse() {
        demand(bearer(), "Bearer mine");
        assertThat(sent(new Credentials.RegistryToken("mine"))).isEqualTo("Bearer mine");
        demand(bearer(), "never");
        assertThatThrownBy(() -> read(new Credentials.RegistryToken("old")))
                .isInstanceOf(RegistryException.Denied.class);
        assertThat(tokens).hasValue(0);
    }

    private String sent(Credentials credentials) {
        try {
            read(credentials);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        return registry.asked("GET /v2/app").getFirst().header("Authorization").orElse("");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"token\":\"\"}", "{\"token\":\"a\\r\\nb\"}", "[]", "no", ""})
    void anAnswerWithoutATokenIsSaidSo(String answer) {
        demand(bearer(), "never");
        registry.next("GET /token", status(200, answer));
        assertThatThrownBy(() -> read(ANN))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(realm());
        assertThat(registry.asked("GET /v2/app")).hasSize(1);
    }

    @Test
    void aTokenWithoutEndIsGivenUp() {
        demand(bearer(), "never");
        registry.next("GET /token", StubRegistry.endless(200, "{\"token\":\"", "x"));
        assertThatThrownBy(() -> read(ANN))
                .isInstanceOf(RegistryException.Failed.class)
                .hasMessageContaining("more than " + Json.MAX_DOCUMENT);
    }

    @Test
    void aRefusedPasswordIsDeniedWithTheIssuersWords() {
        demand(bearer(), "never");
        registry.next("GET /token", status(401, "{\"errors\":[{\"message\":\"wrong\"}]}"));
        assertThatThrownBy(() -> read(ANN))
                .isInstanceOf(RegistryException.Denied.class)
                .hasMessageStartingWith("get a token from " + realm())
                .hasMessageNotContaining("säcret");
    }

    @Test
    void aLoginIsTakenOrRefused() throws Exception {
        demand("Basic realm=\"x\"", BASIC);
        var registries = StubRegistry.registries(StubRegistry.QUICK);
        registries.login(registry.host(), ANN);
        assertThatThrownBy(() ->
                        registries.login(registry.host(), new Credentials.Password("ann", "no")))
                .isInstanceOf(RegistryException.Denied.class);
    }

    @Test
    void whatProvesTheCallerDoesNotGoWithARedirectNorComeBackWithIt() throws Exception {
        var away = "http://" + registry.otherHost() + "/away";
        var back = "http://" + registry.host() + "/v2/back";
        demand("Basic realm=\"x\"", BASIC);
        registry.next("GET /away", status(307, "", "Location", back));
        try (var remote = registry.open(StubRegistry.QUICK, ANN)) {
            remote.blob(blob, 0).readAllBytes(); // it knows who asks now
            registry.asked.clear();
            redirectTo(away);
            assertThatThrownBy(() -> remote.blob(blob, 0).readAllBytes())
                    .isInstanceOf(RegistryException.Denied.class);
        }
        assertThat(registry.asked("GET /v2/app").getFirst().header("Authorization"))
                .contains(BASIC);
        assertThat(registry.asked("GET /away").getFirst().header("Authorization")).isEmpty();
        assertThat(registry.asked("GET /v2/back").getFirst().header("Authorization")).isEmpty();
    }

    @Test
    void whatAHostSaysThatARegistrySendsToIsNotToldOn() {
        redirectTo("http://" + registry.otherHost() + "/away");
        registry.always("GET /away", status(404, "{\"errors\":[{\"code\":\"SECRET\"}]} secret"));
        assertThatThrownBy(() -> read(ANN))
                .isInstanceOf(RegistryException.NotFound.class)
                .hasMessageEndingWith("status 404 from 127.0.0.1");
    }

    @Test
    void ofAServerOfTokensOnlyWhatTheSpecificationHasIsToldOn() {
        var realm = "http://" + registry.otherHost() + "/token";
        demand("Bearer realm=\"" + realm + "\"", "Bearer x");
        registry.next("GET /token", status(403, "secret"));
        assertThatThrownBy(() -> read(ANN)).hasMessageEndingWith("/token: status 403");
        registry.next("GET /token", status(403, "{\"errors\":[{\"code\":\"DENIED\"}]}"));
        assertThatThrownBy(() -> read(ANN)).hasMessageEndingWith("/token: denied");
    }

    @Test
    void aRedirectWithinTheRegistryKeepsWhatProvesTheCaller() throws Exception {
        demandBehindRedirect();
        try (var remote = registry.open(StubRegistry.QUICK, ANN);
                var in = remote.blob(blob, 0)) {
            assertThat(in.readAllBytes()).hasSize(1000);
        }
    }

    private void demandBehindRedirect() {
        registry.next(
                "GET /v2/app", status(302, "", "Location", "/v2/other/blobs/" + blob.digest()));
        demand("Basic realm=\"x\"", BASIC);
    }

    private void redirectTo(String location) {
        registry.next("GET /v2/app", status(302, "", "Location", location));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"file:///etc/shadow", "ftp://h/x", "", "jar:file:/x", "http:///x", "a b"})
    void aRedirectToWhatIsNoRegistryIsRefused(String location) {
        redirectTo(location);
        assertThatThrownBy(() -> read(ANN))
                .isInstanceOf(RegistryException.Failed.class)
                .hasMessageContaining("which is no address that is as safe");
    }

    @Test
    void redirectsWithoutEndAreGivenUp() {
        registry.always(
                "GET /v2/app/blobs",
                exchange -> {
                    exchange.getResponseHeaders()
                            .set("Location", exchange.getRequestURI().getPath() + "x");
                    answer(exchange, 302, new byte[0]);
                });
        assertThatThrownBy(() -> read(ANN))
                .isInstanceOf(RegistryException.Failed.class)
                .hasMessageContaining("sends on without end");
        assertThat(registry.asked("GET /v2/app")).hasSize(6);
    }

    @Test
    void credentialsAreNotPrinted() {
        assertThat(ANN.toString()).doesNotContain("säcret");
        assertThat(new Credentials.IdentityToken("x7").toString()).doesNotContain("x7");
        assertThat(new Credentials.RegistryToken("x7").toString()).doesNotContain("x7");
    }
}
