package dev.rootbound.build;

import dev.rootbound.engine.EngineException;
import dev.rootbound.rootfs.HostArchive;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.List;
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
        var settings = settings(repository.url(), fetcher);
        var growth = new Growth(fetcher.place().budget());
        var stranger = new GitRepository.Stranger(fetcher.build().stranger(), settings, growth);
        var wanted = Objects.requireNonNullElse(commit, "");
        try (growth;
                var clone = repository.checkOut(stranger, wanted, metadata)) {
            return read(clone.directory(), fetcher.place());
        } catch (GitRepository.Unavailable e) {
            throw new EngineException.Failed(
                    fetcher.what() + " " + repository.url() + ": " + e.getMessage(), e);
        }
    }

    /** What a clone takes of a build's budget, as long as it is there. */
    private static final class Growth implements GitRepository.Growth, AutoCloseable {
        private final FileBudget.Part budget;
        private long bytes;

        Growth(FileBudget.Part budget) {
            this.budget = budget;
        }

        @Override
        public long most() {
            return budget.mostBytes();
        }

        @Override
        public void check(TreeSize now) {
            budget.check(now.bytes(), "repository");
            budget.checkFiles(now.files(), "repository");
            long more = now.bytes() - bytes;
            bytes = now.bytes();
            budget.holds(more);
        }

        @Override
        public void close() {
            budget.holds(-bytes);
        }
    }

    /**
     * git looks a name up itself: it is told where the name leads that was judged, and follows
     * nothing elsewhere.
     */
    private static List<String> settings(String url, Fetcher fetcher) throws IOException {
        try {
            var at = URI.create(url);
            var addresses = fetcher.addresses(at);
            if (!fetcher.isJudged()) return List.of();
            if (!RemoteFile.is(url) || at.getHost().endsWith(".")) {
                throw new EngineException.Denied(
                        fetcher.what()
                                + " "
                                + url
                                + ": who is in a container or on another host fetches repositories"
                                + " by http:// and https:// only");
            }
            var pinned =
                    addresses.stream()
                            .map(InetAddress::getHostAddress)
                            .map(RemoteRepository::plain);
            return List.of(
                    "http.followRedirects=false",
                    "http.curloptResolve="
                            + at.getHost()
                            + ":"
                            + HttpGet.port(at)
                            + ":"
                            + String.join(",", pinned.toList()));
        } catch (IllegalArgumentException e) {
            throw new EngineException.Invalid(
                    fetcher.what() + " " + url + ": " + e.getMessage(), e);
        }
    }

    /** Without the interface of an IPv6 address. */
    private static String plain(String address) {
        int percent = address.indexOf('%');
        return percent < 0 ? address : address.substring(0, percent);
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
