package dev.rootbound.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReferenceTest {
    private static final String HEX = "0123456789abcdef".repeat(4);

    @ParameterizedTest
    @CsvSource({
        "busybox,                      docker.io/library/busybox,        busybox",
        "busybox:1.36,                 docker.io/library/busybox:1.36,   busybox:1.36",
        "rootbound/busybox,            docker.io/rootbound/busybox,      rootbound/busybox",
        "docker.io/busybox,            docker.io/library/busybox,        busybox",
        "docker.io/library/busybox,    docker.io/library/busybox,        busybox",
        "library/busybox,              docker.io/library/busybox,        busybox",
        "index.docker.io/busybox:a,    docker.io/library/busybox:a,      busybox:a",
        "localhost/x,                  localhost/x,                      localhost/x",
        "localhost:5000/x:t,           localhost:5000/x:t,               localhost:5000/x:t",
        "example.com/a/b/c,            example.com/a/b/c,                example.com/a/b/c",
        "host:80/x,                    host:80/x,                        host:80/x",
        "[::1]:5000/x,                 [::1]:5000/x,                     [::1]:5000/x",
        "Upper/x,                      Upper/x,                          Upper/x",
        "a__b/c-d.e---f,               docker.io/a__b/c-d.e---f,         a__b/c-d.e---f",
        "docker.io/library/a/b,        docker.io/library/a/b,            library/a/b",
        "docker.io/or.io/x,            docker.io/or.io/x,                docker.io/or.io/x",
        "index.docker.io/localhost/x,  docker.io/localhost/x,            docker.io/localhost/x",
        "x:_T.a-g,                     docker.io/library/x:_T.a-g,       x:_T.a-g",
    })
    void aNameIsReadAsDockerReadsIt(String text, String canonical, String familiar) {
        var reference = Reference.parse(text);
        assertThat(reference.canonical()).isEqualTo(canonical);
        assertThat(reference.familiar()).isEqualTo(familiar);
        assertThat(Reference.parse(canonical)).isEqualTo(reference);
        assertThat(Reference.parse(familiar)).isEqualTo(reference);
    }

    @Test
    void aDigestIsReadWithAndWithoutTag() {
        var both = Reference.parse("x:t@sha256:" + HEX);
        assertThat(both.tag()).isEqualTo("t");
        assertThat(both.digest()).hasToString("sha256:" + HEX);
        assertThat(Reference.parse("x@sha256:" + HEX).withDefaultTag().tag()).isNull();
    }

    @Test
    void theDefaultTagIsLatest() {
        assertThat(Reference.parse("x").withDefaultTag().familiar()).isEqualTo("x:latest");
        assertThat(Reference.parse("x:1").withDefaultTag().familiar()).isEqualTo("x:1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''               | invalid reference format",
                "Busybox          | invalid reference format: repository name (library/Busybox) must be lowercase",
                "a/B:t            | invalid reference format: repository name (a/B) must be lowercase",
                "x:               | invalid reference format",
                ":x               | invalid reference format",
                "x:-t             | invalid reference format",
                "-x               | invalid reference format",
                "x..y             | invalid reference format",
                "x/               | invalid reference format",
                "/x               | invalid reference format",
                "../x             | invalid reference format",
                "a//b             | invalid reference format",
                "x y              | invalid reference format",
                "x@sha256:12      | invalid reference format",
                "x@sha512:00000000000000000000000000000000 | not a sha256 digest",
                "host:port/x      | invalid reference format",
                "xé               | invalid reference format",
            })
    void aBadNameIsRefusedInDockersWords(String text, String message) {
        assertThatThrownBy(() -> Reference.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void lengthsAreLimited() {
        Reference.parse("example.com/" + "a".repeat(255) + ":" + "t".repeat(128));
        assertThatThrownBy(() -> Reference.parse("example.com/" + "a".repeat(256)))
                .hasMessage("repository name must not be more than 255 characters");
        assertThatThrownBy(() -> Reference.parse("a:" + "t".repeat(129)))
                .hasMessage("invalid reference format");
        assertThatThrownBy(() -> Reference.parse("a/".repeat(1_000_000)))
                .hasMessage("invalid reference format");
    }

    @Test
    void anIdIsNoName() {
        assertThatThrownBy(() -> Reference.parse(HEX))
                .hasMessage(
                        "invalid repository name (%s), cannot specify 64-byte hexadecimal strings",
                        HEX);
    }

    @Test
    void anyTextIsReadOrRefusedAndWhatIsReadReadsBack() {
        var random = new Random(11);
        var letters = "ab0A._-/:@[]é \0";
        for (int round = 0; round < 20_000; round++) {
            var text = new StringBuilder();
            for (int n = random.nextInt(12); n >= 0; n--) {
                text.append(letters.charAt(random.nextInt(letters.length())));
            }
            try {
                var reference = Reference.parse(text.toString());
                assertThat(Reference.parse(reference.familiar())).isEqualTo(reference);
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageStartingWith("invalid re");
            }
        }
    }
}
