package dev.rootbound.app;

import dev.rootbound.rootfs.HostArchive;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Writes what a build has made to where its output goes. */
final class ImageExport {
    private final ApiClient engine;
    private final Cli cli;

    ImageExport(ApiClient engine, Cli cli) {
        this.engine = engine;
        this.cli = cli;
    }

    /** Refuses a terminal before anything is built. */
    static void check(List<BuildOutput> outputs) {
        for (var output : outputs) {
            if (output instanceof BuildOutput.Tar(String file)) archive(file);
            if (output instanceof BuildOutput.Archive(String file)) archive(file);
        }
    }

    private static ArchiveFile archive(String file) {
        return ArchiveFile.of(file.equals("-") ? "" : file, "build");
    }

    /** Ids of the images that have no name. */
    Set<String> unnamed() throws IOException {
        var target = Target.of("/images/json").query("filters", "{\"dangling\":[\"true\"]}");
        return engine.get(target).items().stream()
                .map(image -> image.text("Id"))
                .collect(Collectors.toSet());
    }

    /**
     * Removes an image that was made for its output alone.
     *
     * @param kept images that were there before
     */
    void forget(String id, Set<String> kept) throws IOException {
        if (kept.contains(id) || !unnamed().contains(id)) return;
        try {
            engine.delete(Target.of("/images/", id));
        } catch (ApiException e) {
            // a container of somebody else's runs with it
        }
    }

    /**
     * @param name of the image, or its id
     */
    void write(BuildOutput output, String name) throws IOException {
        switch (output) {
            case BuildOutput.Files(Path directory) -> files(name, tar -> unpack(tar, directory));
            case BuildOutput.Tar(String file) -> files(name, tar -> archive(file).write(tar, cli));
            case BuildOutput.Archive(String file) -> {
                try (var answer = engine.open("GET", Target.of("/images/", name, "/get"), null)) {
                    archive(file).write(answer.body(), cli);
                }
            }
            case BuildOutput.Store(), BuildOutput.Registry(), BuildOutput.Nowhere() -> {}
        }
    }

    private interface Reading {
        void read(InputStream tar) throws IOException;
    }

    /** Through a container that never runs. */
    private void files(String image, Reading reading) throws IOException {
        var request =
                new Json.Members()
                        .with("Image", image)
                        .with("Cmd", List.of("/"))
                        .with("HostConfig", new Json.Members().with("NetworkMode", "none"));
        String id = engine.post(Target.of("/containers/create"), request).text("Id");
        try (var answer = engine.open("GET", Target.of("/containers/", id, "/export"), null)) {
            reading.read(answer.body());
        } finally {
            engine.delete(Target.of("/containers/", id).query("v", true));
        }
    }

    /** What comes out belongs to the user, whoever owns it in the image. */
    private static void unpack(InputStream tar, Path directory) throws IOException {
        Files.createDirectories(directory);
        HostArchive.unpack(tar, directory, new HostArchive.Unpacking("", "", false));
        tar.transferTo(OutputStream.nullOutputStream()); // cut short or whole
    }
}
