package dev.rootbound.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rootbound.registry.Repository;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignatureRulesTest {
    private static VerificationKey key() throws Exception {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        var key = generator.generateKeyPair().getPublic().getEncoded();
        var body = Base64.getMimeEncoder().encodeToString(key);
        return VerificationKey.parse(
                "-----BEGIN PUBLIC KEY-----\n" + body + "\n-----END PUBLIC KEY-----");
    }

    /** However a registry is spelled, it is the same one. */
    @ParameterizedTest
    @CsvSource({
        "a.example/team, a.example, team/app, true",
        "a.example/team, A.Example, team/app, true",
        "a.example/team, a.example:443, team/app, true",
        "A.example:443/team/, a.example, team, true",
        "a.example/team, a.example, teams/app, false",
        "a.example/team, a.example:5000, team/app, false",
        "a.example, a.example, team/app, true",
        "localhost:5000, localhost:5000, app, true",
        "docker.io, registry-1.docker.io, library/busybox, true",
        "index.docker.io/library, docker.io, library/busybox, true",
        "docker.io/busybox, docker.io, library/busybox, true",
        "docker.io/busybox, docker.io, busybox/app, true",
        "docker.io/busybox, docker.io, library/busyboxes, false",
        "*, a.example, team/app, true",
    })
    void aRuleCoversARepository(String scope, String host, String path, boolean covered)
            throws Exception {
        var rule = new SignatureRules.Rule(SignatureRules.scope(scope), List.of(key()));
        var rules = new SignatureRules(List.of(rule));
        assertThat(rules.of(new Repository(host, path)).isPresent()).isEqualTo(covered);
    }
}
