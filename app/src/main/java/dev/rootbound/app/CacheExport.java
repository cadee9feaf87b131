package dev.rootbound.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.image.Reference;
import dev.rootbound.image.StepCache;
import dev.rootbound.linux.Dir;
import dev.rootbound.rootfs.HostArchive;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.regex.Pattern;

/** Where a build's steps are kept for other engines. */
sealed interface CacheExport {
    String INDEX = "index.json";

    /** {@code min}: the steps of the result; {@code max}: of all stages. */
    String mode();

    /** For people. */
    String where();

    /**
     * @param steps as JSON
     */
    void write(String steps, ApiClient engine, Cli cli) throws IOException, InterruptedException;

    record Registry(String mode, Reference reference) implements CacheExport {
        @Override
        public String where() {
            return reference.familiar();
        }

        @Override
        public void write(String steps, ApiClient engine, Cli cli)
                throws IOException, InterruptedException {
            var target =
                    Target.of("/rootbound/build/cache/push").query("ref", reference.familiar());
            var auth =
                    DockerConfig.read(cli.environment())
                            .header(DockerConfig.server(reference.domain()));
            try (var answer =
                    engine.postFor(target, auth, out -> out.write(steps.getBytes(UTF_8)))) {
                new MessageStream(cli.err(), false, true).print(answer.body());
            }
        }
    }

    /** An OCI layout. A directory that has one is written anew, and what it had besides goes. */
    record Local(String mode, Path directory) implements CacheExport {
        private static final Pattern BLOB = Pattern.compile("[0-9a-f]{64}");

        @Override
        public String where() {
            return directory.toString();
        }

        /** Leaves a directory alone that is something else's. */
        void check() throws IOException {
            if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) return;
            if (!Files.isDirectory(directory))
                throw new CliException(1, "--cache-to: " + directory + " is no directory");
            try (var names = Files.list(directory)) {
                if (names.findAny().isEmpty()) return;
            }
            var index = directory.resolve(INDEX);
            if (Files.isRegularFile(index) && isCache(Files.readString(index))) return;
            throw new CliException(
                    1,
                    "--cache-to: "
                            + directory
                            + " has other files than a build cache's: name one that is not there");
        }

        private static boolean isCache(String index) throws IOException {
            var manifests = JsonReader.read(index).get("manifests").items();
            return manifests.size() == 1
                    && manifests.getFirst().text("artifactType").equals(StepCache.TYPE);
        }

        @Override
        public void write(String steps, ApiClient engine, Cli cli) throws IOException {
            check(); // also after the time that the build took
            Files.createDirectories(directory);
            var incoming = Files.createTempDirectory(directory, ".incoming");
            try (var answer =
                    engine.open("POST", Target.of("/rootbound/build/cache/save"), steps)) {
                unpack(answer.body(), incoming);
                moveFrom(incoming);
            } finally {
                remove(incoming);
            }
        }

        /** What comes out belongs to the user, and is in that directory. */
        private static void unpack(InputStream tar, Path to) throws IOException {
            HostArchive.unpack(tar, to, new HostArchive.Unpacking("", "", false));
            tar.transferTo(OutputStream.nullOutputStream()); // cut short or whole
        }

        /** Blobs before what names them: whoever reads meanwhile finds the old or the new. */
        private void moveFrom(Path incoming) throws IOException {
            var blobs = Path.of("blobs", "sha256");
            Files.createDirectories(directory.resolve(blobs));
            var kept = new HashSet<String>();
            try (var all = Files.newDirectoryStream(incoming.resolve(blobs))) {
                for (var blob : all) {
                    var name = blob.getFileName().toString();
                    if (!BLOB.matcher(name).matches()) continue;
                    kept.add(name);
                    move(incoming, blobs.resolve(name));
                }
            }
            move(incoming, Path.of("oci-layout"));
            move(incoming, Path.of(INDEX));
            try (var all = Files.newDirectoryStream(directory.resolve(blobs))) {
                for (var blob : all) {
                    var name = blob.getFileName().toString();
                    if (BLOB.matcher(name).matches() && !kept.contains(name)) Files.delete(blob);
                }
            }
        }

        private void move(Path incoming, Path file) throws IOException {
            Files.move(
                    incoming.resolve(file),
                    directory.resolve(file),
                    StandardCopyOption.ATOMIC_MOVE);
        }

        private void remove(Path incoming) throws IOException {
            try (var dir = Dir.open(directory)) {
                dir.removeTree(incoming.getFileName().toString().getBytes(UTF_8));
            }
        }
    }
}
