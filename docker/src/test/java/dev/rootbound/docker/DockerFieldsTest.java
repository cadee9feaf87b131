package dev.rootbound.docker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rootbound.docker.DockerFields.Harmless;
import dev.rootbound.docker.DockerFields.Honoured;
import dev.rootbound.docker.DockerFields.Refused;
import dev.rootbound.docker.DockerFields.Use;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Docker's own list of fields, walked: none is forgotten, and each is what its table says. */
class DockerFieldsTest {
    /** Asks for something, whatever the field's type, and is of no field's type. */
    private static final String ODD = "7.5";

    private static Set<String> listed(String section) throws IOException {
        var names = new TreeSet<String>();
        var file = "/docker-api/1.51-create-fields.txt";
        try (var in = DockerFieldsTest.class.getResourceAsStream(file)) {
            assertThat(in).isNotNull();
            for (var line : new String(in.readAllBytes(), UTF_8).split("\n")) {
                if (line.startsWith(section + ":")) {
                    names.addAll(Set.of(line.substring(section.length() + 1).strip().split(" ")));
                }
            }
        }
        assertThat(names).isNotEmpty();
        return names;
    }

    private static @Nullable ApiException answer(String json) {
        return catchThrowableOfType(
                ApiException.class,
                () -> {
                    var request = CreateContainer.parse(json, "");
                    request.runtime();
                    request.toSpec();
                });
    }

    private static String inConfig(String name, String value) {
        return name.equals("Image")
                ? "{\"Image\":" + value + "}"
                : "{\"Image\":\"box\",\"" + name + "\":" + value + "}";
    }

    private static String inHost(String name, String value) {
        return inConfig("HostConfig", "{\"" + name + "\":" + value + "}");
    }

    @Test
    void everyFieldOfDockersHasAPlace() throws IOException {
        assertThat(DockerFields.CONFIG.keySet())
                .containsExactlyInAnyOrderElementsOf(listed("Config"));
        assertThat(DockerFields.HOST.keySet())
                .containsExactlyInAnyOrderElementsOf(listed("HostConfig"));
        assertThat(DockerFields.ENDPOINT.keySet())
                .containsExactlyInAnyOrderElementsOf(listed("EndpointSettings"));
    }

    @Test
    void eachFieldIsTreatedAsItsTableSays() {
        DockerFields.CONFIG.forEach((name, use) -> isTreated(use, name, inConfig(name, ODD)));
        DockerFields.HOST.forEach(
                (name, use) -> isTreated(use, "HostConfig." + name, inHost(name, ODD)));
    }

    private static void isTreated(Use use, String path, String json) {
        var answer = answer(json);
        switch (use) {
            case Harmless _ -> assertThat(answer).as(path).isNull();
            case Refused(String reason) -> {
                assertThat(answer).as(path).isNotNull();
                assertThat(answer).extracting(ApiException::status).as(path).isEqualTo(501);
                assertThat(answer).hasMessage(path + ": " + reason);
            }
            // what is read is found to be of the wrong type
            case Honoured _, DockerFields.Partly _ -> {
                assertThat(answer).as(path).isNotNull();
                assertThat(answer).hasMessageContaining(path);
            }
        }
    }

    @Test
    void eachFieldOfAnEndpointIsTreatedAsItsTableSays() {
        DockerFields.ENDPOINT.forEach((name, use) -> {
            var endpoint = "{\"" + name + "\":" + ODD + "}";
            var config = "{\"EndpointsConfig\":{\"default\":" + endpoint + "}}";
            var path = "NetworkingConfig.EndpointsConfig.default." + name;
            isTreated(use, path, inConfig("NetworkingConfig", config));
        });
    }

    @Test
    void whatTheCliAlwaysSendsAsksForNothing() {
        assertThat(answer(CliRequest.PLAIN_RUN)).isNull();
        assertThat(Map.copyOf(DockerFields.HOST)).hasSizeGreaterThan(60);
    }
}
