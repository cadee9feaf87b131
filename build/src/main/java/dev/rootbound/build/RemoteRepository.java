package dev.rootbound.build;

import dev.rootbound.engine.EngineException;
import dev.rootbound.rootfs.HostArchive;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The files of a git repository that ADD fetches. */
final class RemoteRepository {
    private static final byte[] ALL = {'.'};

    private RemoteRepository() {}

    /**
     * Fetches it; all its files are root's.
     *
     * @param commit its whole name or its begin; {@code null}: whatever the reference is
     * @param metadata whether {@code .git} is one of its files
     */
    static SourceFiles fetch(
            GitRepository repository, @Nullable String commit, boolean metadata, Fetcher fetcher)
            throws IOException, InterruptedException {
        refuseLocal(repository.url(), fetcher);
        var stranger = new GitRepository.Stranger(fetcher.build().stranger());
        var wanted = Objects.requireNonNullElse(commit, "");
        try (var clone = repository.checkOut(stranger, wanted, metadata)) {
            return read(clone.directory(), fetcher.place());
        } catch (GitRepository.Unavailable e) {
            throw new EngineException.Failed(
                    fetcher.what() + " " + repository.url() + ": " + e.getMessage(), e);
        }
    }

    private static void refuseLocal(String url, Fetcher fetcher) throws IOException {
        try {
            fetcher.refuseLocal(URI.create(url));
        } catch (IllegalArgumentException e) {
            throw new EngineException.Invalid(
                    fetcher.what() + " " + url + ": " + e.getMessage(), e);
        }
    }

    private static SourceFiles read(Path directory, SourceFiles.Place place) throws IOException {
        try (var tar = SourceFiles.unnamed(place.directory())) {
            var out = new BufferedOutputStream(Channels.newOutputStream(tar));
            HostArchive.write(directory, ALL, ALL, out);
            out.flush();
            tar.position(0);
            return SourceFiles.read(
                    new BufferedInputStream(Channels.newInputStream(tar)),
                    place,
                    "repository",
                    entry -> entry.ownedBy(0, 0));
        }
    }
}
