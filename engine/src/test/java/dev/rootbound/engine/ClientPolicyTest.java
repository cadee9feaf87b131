package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientPolicyTest {
    private static final String PLAIN = "tcp://127.0.0.1:2375";

    private @TempDir Path directory;

    private ClientPolicy read(String clients) throws IOException {
        var file = directory.resolve("policy.yaml");
        Files.writeString(file, "version: 1\nclients:\n" + clients);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        return PolicyFile.read(file).clients();
    }

    private static Remote certified(String subject) {
        return new Remote.Certified(new X500Principal(subject));
    }

    @Test
    void aSubjectIsWholeAndInItsOrder() throws IOException {
        var policy =
                read(
                        """
                          certificates:
                            - {subject: "CN=alice,O=Example", user: alice}
                            - {subject: "CN=alice", user: another}
                        """);
        assertThat(policy.of(certified("cn=Alice, O=Example")).orElseThrow().user())
                .isEqualTo("alice");
        assertThat(policy.of(certified("CN=alice")).orElseThrow().user()).isEqualTo("another");
        assertThat(policy.of(certified("O=Example,CN=alice"))).isEmpty();
        assertThat(policy.of(certified("CN=alice,O=Example,C=DE"))).isEmpty();
        assertThat(policy.of(certified("CN=alic"))).isEmpty();
        assertThat(policy.of(new Remote.Plain("CN=alice"))).isEmpty();
    }

    @Test
    void aPlainAddressIsOneUser() throws IOException {
        var policy = read("  plain: [{host: \"" + PLAIN + "\", user: bob}]\n");
        assertThat(policy.of(new Remote.Plain(PLAIN)).orElseThrow().user()).isEqualTo("bob");
        assertThat(policy.of(new Remote.Plain("tcp://127.0.0.1:23750"))).isEmpty();
    }

    @Test
    void anAddressThatNobodyCouldUseIsRefusedWithWhatHelps() throws IOException {
        assertThatThrownBy(() -> ClientPolicy.NONE.check(PLAIN, false))
                .hasMessageContaining("use --tlsverify")
                .hasMessageContaining("plain: [{host: \"" + PLAIN + "\"");
        assertThatThrownBy(() -> ClientPolicy.NONE.check(PLAIN, true))
                .hasMessageContaining("names no client certificate");
        var policy =
                read(
                        "  certificates: [{subject: CN=a, user: a}]\n  plain: [{host: \""
                                + PLAIN
                                + "\", user: bob}]\n");
        assertThatCode(() -> policy.check(PLAIN, false)).doesNotThrowAnyException();
        assertThatCode(() -> policy.check("tcp://h:1", true)).doesNotThrowAnyException();
    }

    @Test
    void whoIsHostRootIsSaid() throws IOException {
        var policy =
                read(
                        "  certificates:\n    - {subject: CN=a, user: alice}\n"
                                + "    - {subject: CN=admin, user: root}\n"
                                + "  plain: [{host: \""
                                + PLAIN
                                + "\", user: 0}]\n");
        assertThat(policy.warnings(List.of("unix:///s"))).isEmpty();
        assertThat(policy.warnings(List.of(PLAIN)))
                .satisfiesExactly(
                        one -> assertThat(one).contains("CN=admin is root of this host", ":5)"),
                        two -> assertThat(two).contains("everybody who reaches " + PLAIN));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "certificates: [{user: a}]                              | 'subject' is missing",
                "certificates: [{subject: CN=a}]                        | 'user' is missing",
                "certificates: [{subject: alice, user: a}]              | a distinguished name",
                "certificates: [{subject: CN=a, user: a}, {subject: cn=A, user: b}] | already",
                "plain: [{host: \"127.0.0.1:1\", user: a}]              | where the daemon listens",
                "plain: [{host: \"tcp://a:1\", user: a}, {host: \"tcp://a:1\", user: b}] | already",
                "tenants: []                                            | is not known",
            })
    void whatIsNotUnderstoodIsRefused(String text, String reason) {
        assertThatThrownBy(() -> read("  " + text + "\n")).hasMessageContaining(reason);
    }
}
