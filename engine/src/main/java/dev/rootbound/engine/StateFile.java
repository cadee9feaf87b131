package dev.rootbound.engine;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.rootbound.linux.DurableFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * A container's state on disk: one JSON file, replaced by rename after each change and durable when
 * written.
 */
final class StateFile {
    private static final int FORMAT = 3;
    private static final String NAME = "container.json";
    private static final String ORIGIN = "request.json";
    private static final String STEP = "step";
    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    // what the files of earlier releases do not have
                    .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .addMixIn(ContainerState.class, States.class)
                    .addMixIn(Isolation.Seccomp.class, Seccomps.class)
                    .build();

    private StateFile() {}

    /** What the file holds. */
    record Content(int format, Container container) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = ContainerState.Created.class, name = "created"),
        @JsonSubTypes.Type(value = ContainerState.Running.class, name = "running"),
        @JsonSubTypes.Type(value = ContainerState.Exited.class, name = "exited"),
        @JsonSubTypes.Type(value = ContainerState.Restarting.class, name = "restarting")
    })
    private interface States {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Isolation.Seccomp.Default.class, name = "default"),
        @JsonSubTypes.Type(value = Isolation.Seccomp.Unconfined.class, name = "unconfined"),
        @JsonSubTypes.Type(value = Isolation.Seccomp.Profile.class, name = "profile")
    })
    private interface Seccomps {}

    /** Writes it in the container's directory, durably. */
    static void write(Path directory, Container container) throws IOException {
        if (container.state() instanceof ContainerState.Dead) {
            throw new IllegalStateException("what is on disk of a dead container must stay");
        }
        DurableFiles.write(
                directory.resolve(NAME), MAPPER.writeValueAsBytes(new Content(FORMAT, container)));
    }

    /** Says that the container is a step of a build, which ends with its engine. */
    static void markStep(Path directory) throws IOException {
        Files.createFile(directory.resolve(STEP));
    }

    static boolean isStep(Path directory) {
        return Files.exists(directory.resolve(STEP));
    }

    /** Keeps a container's request, which may be large, out of memory and out of each write. */
    static void writeOrigin(Path directory, String origin) throws IOException {
        DurableFiles.write(directory.resolve(ORIGIN), origin.getBytes(StandardCharsets.UTF_8));
    }

    /** An empty object if it was lost with the rest of a damaged container. */
    static String readOrigin(Path directory) throws IOException {
        try {
            return Files.readString(directory.resolve(ORIGIN));
        } catch (NoSuchFileException e) {
            return "{}";
        }
    }

    /** What an engine that died was writing. */
    static void removeUnfinished(Path directory) throws IOException {
        try (var files = Files.newDirectoryStream(directory, DurableFiles::isUnfinished)) {
            for (var file : files) {
                Files.delete(file);
            }
        }
    }

    /** Reads it; an IOException says what is wrong with it. */
    static Container read(Path directory) throws IOException {
        var bytes = Files.readAllBytes(directory.resolve(NAME));
        try {
            var content = MAPPER.readValue(bytes, Content.class);
            if (content == null || content.format() != FORMAT || content.container() == null) {
                throw unreadable(directory, bytes, "no container in it", null);
            }
            return content.container();
        } catch (JacksonException e) {
            throw unreadable(directory, bytes, "it does not hold a container's state", e);
        }
    }

    /** Another format than ours, if that is it: the rest of it is not understood. */
    private static IOException unreadable(
            Path directory, byte[] bytes, String why, @Nullable Throwable cause) {
        var file = directory.resolve(NAME);
        try {
            int format = MAPPER.readTree(bytes).path("format").asInt(0);
            if (format > 0 && format != FORMAT) {
                return new IOException(
                        file + " has format " + format + ", this engine reads " + FORMAT, cause);
            }
        } catch (JacksonException e) {
            // no JSON: said below
        }
        return new IOException(file + " is damaged: " + why, cause);
    }
}
