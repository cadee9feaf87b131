package dev.rootbound.build;

import dev.rootbound.engine.Builds;
import dev.rootbound.engine.Caller;
import dev.rootbound.engine.EngineException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who fetches files for a build, and where they are put.
 *
 * @param what asks for them: {@code ADD}
 */
record Fetcher(String what, Caller caller, Builds.Build build, SourceFiles.Place place) {
    /** The host's own services are not for who is in a container. */
    void refuseLocal(URI url) throws IOException {
        if (!caller.leased() || url.getHost() == null) return;
        for (var address : InetAddress.getAllByName(url.getHost())) {
            boolean local =
                    address.isLoopbackAddress()
                            || address.isLinkLocalAddress()
                            || address.isAnyLocalAddress();
            if (local) {
                throw new EngineException.Denied(
                        what
                                + " "
                                + url
                                + ": an address of the host itself, asked for in a container");
            }
        }
    }

    /** {@code null}: this names no repository. */
    @Nullable GitRepository repository(String source) {
        try {
            return GitRepository.parse(source);
        } catch (GitRepository.Unavailable e) {
            throw new EngineException.Invalid(what + " " + source + ": " + e.getMessage(), e);
        }
    }

    /**
     * A context: a repository, an archive, or the text of a Dockerfile that copies nothing.
     *
     * @param dockerfile the name of that
     */
    SourceFiles context(String url, String dockerfile) throws IOException, InterruptedException {
        var repository = repository(url);
        if (repository != null) return RemoteRepository.fetch(repository, null, false, this);
        if (!RemoteFile.is(url)) {
            throw new EngineException.Invalid(
                    what + " " + url + ": neither a URL of HTTP nor a git repository");
        }
        try (var fetched = RemoteFile.fetch(url, null, this)) {
            var file = fetched.root().children().firstEntry().getValue();
            if (!Archives.is(fetched, file)) {
                var text = fetched.bytes(file, Builder.LARGEST_DOCKERFILE);
                return SourceFiles.of(Map.of(InsidePath.bytes(dockerfile), text), place);
            }
            try (var tar = Archives.open(fetched, file)) {
                return SourceFiles.context(tar, place);
            }
        }
    }
}
