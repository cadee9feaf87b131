package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.image.SignatureRules;
import dev.rootbound.image.SignatureRules.Rule;
import dev.rootbound.oci.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyFileTest {
    @TempDir Path dir;

    private PolicySettings read(String text) throws IOException {
        return PolicyFile.read(write("policy.yaml", text));
    }

    private Path write(String name, String text) throws IOException {
        var file = Files.writeString(dir.resolve(name), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }

    private static String pem() throws Exception {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        var key = generator.generateKeyPair().getPublic().getEncoded();
        var body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key);
        return "-----BEGIN PUBLIC KEY-----\n" + body + "\n-----END PUBLIC KEY-----\n";
    }

    @Test
    void whatIsNotSaidIsAsWithoutAFile() throws Exception {
        var file = dir.resolve("policy.yaml").toString();
        var tenants = new TenantPolicy(file, TenantPolicy.Asked.NOTHING, List.of());
        for (var text : List.of("", "images: {}\n", "tenants: {}\n")) {
            var settings = read("version: 1\n" + text);
            assertThat(settings.maxLayerSize()).isEqualTo(PolicySettings.DEFAULT.maxLayerSize());
            assertThat(settings.signatures()).isEqualTo(SignatureRules.NONE);
            assertThat(settings.tenants()).isEqualTo(tenants);
        }
    }

    @Test
    void limitsOfTenantsAreForAllAndForSome() throws Exception {
        var tenants =
                read("""
                version: 1
                tenants:
                  containers: 100
                  memory: 16g
                  cpus: 1.5
                  disk: 20g
                  users:
                    - user: alice
                      memory: unlimited
                      pids: 5000
                    - user: 0
                      containers: 3
                """)
                        .tenants();
        var ordinary = tenants.ordinary().or(TenantLimits.UNLIMITED);
        assertThat(ordinary)
                .isEqualTo(
                        new TenantLimits(
                                100, 16L << 30, 1_500_000_000, TenantLimits.NONE, 20L << 30));
        assertThat(tenants.users())
                .extracting(TenantPolicy.User::name)
                .containsExactly("alice", "0");
        assertThat(tenants.users().getFirst().asked().or(ordinary))
                .isEqualTo(
                        new TenantLimits(100, TenantLimits.NONE, 1_500_000_000, 5000, 20L << 30));
    }

    @Test
    void keysStandInTheFileOrInAnother() throws Exception {
        var key = write("key.pub", pem());
        var settings =
                read(
                        """
                        version: 1
                        images:
                          max-layer-size: 2g
                          signatures:
                            - repositories: "*"
                              keys:
                                - %s
                                - |
                        %s
                            - repositories: docker.io/library/
                              unsigned: accept
                        """
                                .formatted(key, pem().indent(10)));
        assertThat(settings.maxLayerSize()).isEqualTo(2L << 30);
        var rules = settings.signatures().rules();
        assertThat(rules).extracting(Rule::repositories).containsExactly("*", "docker.io/library");
        assertThat(rules.getFirst().keys()).hasSize(2);
        assertThat(rules.getLast().keys()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "version: 2                                   | 1: its first key is 'version: 1'",
                "images: {}                                   | 1: its first key is 'version: 1'",
                "version: 1, image: {}                        | 1: key 'image' is not known",
                "version: 1, images: []                       | 1: here stands a mapping",
                "version: 1, images: {max-layer-size: 0}      | 'max-layer-size' is a size",
                "version: 1, images: {max-layer-size: [1]}    | 'max-layer-size' is a text",
                "version: 1, images: {max-layer-size: 1, max-layer-size: 2} | stands here twice",
                "version: 1, images: {signatures: {}}         | 'signatures' is a list",
                "version: 1, images: {signatures: [{}]}       | 'repositories' is missing",
                "version: 1, images: {signatures: [{repositories: a.b}]} | either 'keys'",
                "version: 1, images: {signatures: [{repositories: a.b, keys: []}]} | either 'keys'",
                "version: 1, images: {signatures: [{repositories: app, unsigned: accept}]} | a registry",
                "version: 1, images: {signatures: [{repositories: a.b/*, unsigned: accept}]} | a registry",
                "version: 1, images: {signatures: [{repositories: 'https://a.b', unsigned: accept}]} | a registry",
                "version: 1, images: {signatures: [{repositories: 'a.b/c:latest', unsigned: accept}]} | no tag",
                "version: 1, images: {signatures: [{repositories: a.b/C, unsigned: accept}]} | a registry",
                "version: 1, images: {signatures: [{repositories: a.b//, unsigned: accept}]} | a registry",
                "version: 1, images: {signatures: [{repositories: a.b, unsigned: accept}, {repositories: 'A.b:443/', unsigned: accept}]} | already",
                "version: 1, images: {signatures: [{repositories: a.b, keys: [key]}]} | no absolute path",
                "version: 1, images: {max-layer-size: 99999999999t} | too large",
                "version: 1, images: {signatures: [{repositories: a.b, unsigned: yes}]} | is 'accept'",
                "version: 1, images: {signatures: [{repositories: a.b, keys: [/no/key]}]} | /no/key",
                "version: 1, images: {signatures: [{repositories: a.b, keys: [/etc/hostname]}]} | no public key",
                "version: 1, tenants: {disk: 1x}              | 'disk' is a size",
                "version: 1, tenants: {disc: 1g}              | key 'disc' is not known",
                "version: 1, tenants: {containers: 0}         | 'containers' is a number",
                "version: 1, tenants: {containers: many}      | or 'unlimited', not 'many'",
                "version: 1, tenants: {memory: 1m}            | 'memory' is 6m at least",
                "version: 1, tenants: {memory: -1}            | 'memory' is a size",
                "version: 1, tenants: {cpus: 0.001}           | 'cpus' is a number of processors",
                "version: 1, tenants: {cpus: 1e3}             | 'cpus' is a number of processors",
                "version: 1, tenants: {pids: 1.5}             | 'pids' is a number",
                "version: 1, tenants: {users: [{pids: 5}]}    | 'user', a name or uid, is missing",
                "version: 1, tenants: {users: [{user: a}, {user: a}]} | limits for 'a' already",
            })
    void whatIsWrongIsRefusedByItsLine(String text, String reason) {
        assertThatThrownBy(() -> read("{" + text + "}"))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("policy.yaml:1: ")
                .hasMessageContaining(reason);
    }

    @Test
    void theLineIsThatOfTheMistake() {
        assertThatThrownBy(() -> read("version: 1\nimages:\n  signature: []\n"))
                .hasMessageContaining("policy.yaml:3: key 'signature' is not known");
        assertThatThrownBy(() -> read("version: 1\nimages: {\n  ]\n"))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("policy.yaml:3: is no YAML");
        assertThatThrownBy(() -> read("")).hasMessageContaining("is empty");
    }

    @Test
    void aMappingThatContainsItselfIsRefused() {
        assertThatThrownBy(() -> read("version: 1\nimages: &a\n  signatures: [*a]\n"))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void whatOthersMayWriteIsRefused() throws Exception {
        for (var mode : List.of("rw-rw-r--", "rw-r--rw-")) {
            var file = write("policy.yaml", "version: 1\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
            assertThatThrownBy(() -> PolicyFile.read(file))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("chmod go-w");
        }
        assertThatThrownBy(() -> PolicyFile.read(dir.resolve("none")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("none")
                .hasMessageContaining("ENOENT");
    }
}
