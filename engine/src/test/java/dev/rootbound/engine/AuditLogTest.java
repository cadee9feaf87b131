package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.idmap.Tenant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class AuditLogTest {
    private static final Caller CALLER =
            new Caller(new Tenant(1001), 1001, 1001, List.of()).by(4242);
    private static final AuditLog.Subject SUBJECT =
            new AuditLog.Subject("start", CALLER, 1001, "ab12", "box");
    private static final List<Grant> GRANTS =
            List.of(new Grant("privileged", "privileged \"mode\"\n", "/p.yaml:7"));

    @TempDir Path dir;
    private Path file = Path.of("/");

    @BeforeEach
    void users() throws IOException {
        file = dir.resolve("audit/1001.log");
        Files.writeString(dir.resolve("passwd"), "ann:x:1001:1001::/:/bin/sh\n");
    }

    private AuditLog log(long full) {
        var clock = InstantSource.fixed(Instant.parse("2026-01-31T12:00:00Z"));
        return new AuditLog(dir.resolve("audit"), new HostUsers(dir, clock), clock, full);
    }

    @Test
    void whoAsksByACertificateIsNamedByIt() throws IOException {
        var remote = CALLER.with("CN=ann,O=\"x\"");
        log(10_000).record(new AuditLog.Subject("start", remote, 1001, "ab12", "box"), GRANTS);
        var line = JsonMapper.shared().readTree(Files.readString(file));
        assertThat(line.path("certificate").asString()).isEqualTo("CN=ann,O=\"x\"");
        assertThat(line.path("pid").asLong()).isZero();
        assertThat(remote.by(7).certificate()).isEmpty();
    }

    @Test
    void whoWhatAndByWhichRuleIsALineThatOnlyTheEngineReads() throws IOException {
        log(10_000).record(SUBJECT, List.of());
        assertThat(file).doesNotExist();
        log(10_000).record(SUBJECT, GRANTS);
        log(10_000).record(SUBJECT, GRANTS); // also of the next engine
        assertThat(Files.getPosixFilePermissions(file))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        var lines = Files.readAllLines(file);
        assertThat(lines).hasSize(2).containsOnly(lines.getFirst());
        var expected =
                """
                {"time":"2026-01-31T12:00:00Z","action":"start","tenant":1001,"user":"ann",
                "uid":1001,"pid":4242,"container":"ab12","name":"box","grants":[
                {"setting":"privileged","what":"privileged \\"mode\\"\\n","rule":"/p.yaml:7"}]}\
                """;
        var json = JsonMapper.shared();
        assertThat(json.readTree(lines.getFirst())).isEqualTo(json.readTree(expected));
    }

    @Test
    void itIsBounded() throws IOException {
        var log = log(1000);
        for (int i = 0; i < 100; i++) log.record(SUBJECT, GRANTS);
        try (var files = Files.list(dir.resolve("audit"))) {
            assertThat(files).hasSize(8);
        }
        assertThat(Files.size(file)).isBetween(1L, 1000L);
        assertThat(Files.size(dir.resolve("audit/1001.log.7"))).isBetween(1L, 1000L);
    }

    @Test
    void noTenantHasTheRecordsOfAnotherGo() throws IOException {
        var log = log(1000);
        log.record(SUBJECT, GRANTS);
        var before = Files.readString(file);
        var other = new AuditLog.Subject("start", CALLER, 1002, "cd34", "busy");
        for (int i = 0; i < 100; i++) log.record(other, GRANTS);
        assertThat(file).hasContent(before);
        assertThat(dir.resolve("audit/1002.log.7")).exists();
        assertThat(Files.getPosixFilePermissions(dir.resolve("audit")))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void whatCannotBeWrittenIsNotGranted() throws IOException {
        Files.createDirectories(file);
        assertThatThrownBy(() -> log(100_000).record(SUBJECT, GRANTS))
                .isInstanceOf(EngineException.Failed.class)
                .hasMessageContaining("refused because that cannot be recorded in " + file);
    }

    @Test
    void onAFullDiskNothingMoreIsGranted() throws IOException {
        Files.createDirectory(dir.resolve("audit"));
        Files.createSymbolicLink(file, Path.of("/dev/full"));
        assertThatThrownBy(() -> log(1000).record(SUBJECT, GRANTS))
                .isInstanceOf(EngineException.Failed.class)
                .hasMessageContaining("No space left on device");
    }
}
