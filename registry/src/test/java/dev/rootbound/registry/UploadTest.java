package dev.rootbound.registry;

import static dev.rootbound.registry.StubRegistry.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class UploadTest {
    private static final int SIZE = 300_000;
    private static final int CUT = 100_000;
    private static final String BEGIN = "POST /v2/app/blobs/uploads/";
    private static final String PATCH = "PATCH /v2/app/blobs/uploads/";
    private static final String PUT = "PUT /v2/app/blobs/uploads/";

    private final byte[] content = new byte[SIZE];
    private Digest digest;
    private StubRegistry registry;

    @BeforeEach
    void start() throws IOException {
        new Random(2).nextBytes(content);
        digest = StubRegistry.digest(content);
        registry = StubRegistry.http();
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private void upload(Patience patience, Credentials credentials) throws Exception {
        try (var remote = registry.open(patience, credentials)) {
            remote.upload(digest, SIZE, this::from);
        }
    }

    private ByteArrayInputStream from(long offset) {
        return new ByteArrayInputStream(content, (int) offset, SIZE - (int) offset);
    }

    private void upload() throws Exception {
        upload(StubRegistry.QUICK, new Credentials.Anonymous());
    }

    private void assertUploaded() {
        assertThat(registry.blobs).containsOnlyKeys(digest);
        assertThat(registry.blobs.get(digest)).isEqualTo(content);
    }

    @Test
    void aBlobIsSentInOnePiece() throws Exception {
        upload();
        assertUploaded();
        assertThat(registry.asked(PATCH)).hasSize(1);
    }

    @Test
    void aBrokenUploadGoesOnWhereTheRegistryHasIt() throws Exception {
        registry.next(
                PATCH,
                exchange -> {
                    registry.take(exchange, CUT);
                    throw new IOException("cut");
                });
        upload();
        assertUploaded();
        assertThat(registry.asked(BEGIN)).hasSize(1);
        assertThat(registry.asked(PATCH)).hasSize(2);
        assertThat(registry.asked(PATCH).getLast().header("Content-Range"))
                .contains(CUT + "-" + (SIZE - 1));
    }

    @Test
    void aBrokenUploadThatTheRegistryForgotBeginsAnew() throws Exception {
        registry.next(
                PATCH,
                exchange -> {
                    registry.take(exchange, CUT);
                    throw new IOException("cut");
                });
        registry.next("GET /v2/app/blobs/uploads/", status(404, ""));
        upload();
        assertUploaded();
        assertThat(registry.asked(BEGIN)).hasSize(2);
    }

    @Test
    void whatARegistrySaysItHasBeyondTheBlobIsNotBelieved() throws Exception {
        registry.next(PATCH, status(500, ""));
        registry.next("GET /v2/app/blobs/uploads/", status(204, "", "Range", "0-999999999999"));
        upload();
        assertUploaded();
        assertThat(registry.asked(BEGIN)).hasSize(2);
    }

    @Test
    void anUploadThatIsRefusedForEverIsGivenUpWithTheRegistrysWords() {
        registry.always(PATCH, status(500, "{\"errors\":[{\"message\":\"full\"}]}"));
        assertThatThrownBy(this::upload)
                .isInstanceOf(RegistryException.Failed.class)
                .hasMessageContaining("push blob " + digest)
                .hasMessageContaining("full");
        assertThat(registry.asked(PATCH)).hasSize(Patience.TRIES);
    }

    @Test
    void aRegistryThatTakesNothingIsGivenUp() {
        registry.always(PATCH, _ -> StubRegistry.forEver());
        assertThatThrownBy(() -> upload(StubRegistry.SHORT, new Credentials.Anonymous()))
                .isInstanceOf(RegistryException.Failed.class)
                .hasMessageContaining("took nothing and answered nothing for 0.3 seconds");
    }

    @Test
    void aSlowRegistryIsSentToAsLongAsItTakesSomething() throws Exception {
        var second = Duration.ofSeconds(1);
        var tenth = Duration.ofMillis(100);
        var patience = new Patience(second, tenth, second, second, tenth, tenth);
        var large = new byte[36 << 20]; // more than the kernel keeps
        registry.always(
                PATCH,
                exchange -> {
                    for (int i = 0; i < 12; i++) {
                        exchange.getRequestBody().readNBytes(large.length / 12);
                        StubRegistry.pause(150); // in all longer than it may take nothing
                    }
                    registry.serve(exchange);
                });
        registry.next(PUT, status(201, ""));
        try (var remote = registry.open(patience)) {
            remote.upload(digest, large.length, _ -> new ByteArrayInputStream(large));
        }
        assertThat(registry.asked(PATCH)).hasSize(1);
    }

    @Test
    void anotherDigestThanTheRegistryCountsIsRefused() {
        registry.next(PUT, status(400, "{\"errors\":[{\"code\":\"DIGEST_INVALID\"}]}"));
        assertThatThrownBy(this::upload)
                .isInstanceOf(RegistryException.Failed.class)
                .hasMessageContaining("digest invalid");
    }

    @Test
    void whoMayNotPushIsDenied() {
        registry.next(BEGIN, status(403, "{\"errors\":[{\"code\":\"DENIED\"}]}"));
        assertThatThrownBy(this::upload).isInstanceOf(RegistryException.Denied.class);
    }

    @Test
    void anUploadElsewhereGetsTheContentButNotThePassword() throws Exception {
        var ann = new Credentials.Password("ann", "secret");
        var here = "http://" + registry.otherHost() + "/v2/app/blobs/uploads/";
        registry.next(
                BEGIN,
                status(401, "", "WWW-Authenticate", "Basic realm=\"x\""),
                exchange -> {
                    exchange.getResponseHeaders().set("Location", here + registry.begin());
                    StubRegistry.answer(exchange, 202, new byte[0]);
                });
        upload(StubRegistry.QUICK, ann);
        assertUploaded();
        assertThat(registry.asked(BEGIN).getLast().header("Authorization")).contains(ann.basic());
        assertThat(registry.asked(PATCH).getLast().header("Authorization")).isEmpty();
    }

    @Test
    void anUploadWithoutAPlaceIsRefused() {
        registry.next(BEGIN, status(202, ""));
        assertThatThrownBy(this::upload).hasMessageContaining("no address that is as safe");
    }

    @Test
    void aMountIsTakenOrRefusedAndThenCancelled() throws Exception {
        var from = new Repository(registry.host(), "base");
        try (var remote = registry.open(StubRegistry.QUICK)) {
            registry.next(BEGIN, status(201, ""));
            assertThat(remote.mount(digest, from)).isTrue();
            assertThat(registry.asked(BEGIN + "?mount=" + digest + "&from=base")).hasSize(1);
            assertThat(remote.mount(digest, from)).isFalse();
            assertThat(registry.asked("DELETE /v2/app/blobs/uploads/upload-1")).hasSize(1);
        }
    }

    @Test
    void aRefusedMountThatCannotBeCancelledIsNoFailure() throws Exception {
        registry.always(
                "DELETE",
                exchange -> {
                    throw new IOException("cut");
                });
        try (var remote = registry.open(StubRegistry.QUICK)) {
            assertThat(remote.mount(digest, new Repository(registry.host(), "base"))).isFalse();
            registry.next(BEGIN, status(202, ""));
            assertThat(remote.mount(digest, new Repository(registry.host(), "base"))).isFalse();
        }
    }
}
