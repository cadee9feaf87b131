package dev.rootbound.build;

import dev.rootbound.engine.Builds;
import dev.rootbound.engine.Caller;
import dev.rootbound.engine.EngineException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who fetches files for a build, and where they are put.
 *
 * @param what asks for them: {@code ADD}
 */
record Fetcher(String what, Caller caller, Builds.Build build, SourceFiles.Place place) {
    /**
     * Whether the host's own services are not for who asks: who is in a container, or on another
     * host.
     */
    boolean isJudged() {
        return caller.leased() || caller.isElsewhere();
    }

    /**
     * Where a URL leads: these are connected to, whatever its name leads to a moment later.
     *
     * @throws EngineException.Denied if that is not for who asks
     * @throws IllegalArgumentException if it names no host
     */
    List<InetAddress> addresses(URI url) throws IOException {
        var all = List.of(InetAddress.getAllByName(HttpGet.host(url)));
        if (!isJudged()) return all;
        for (var address : all) {
            if (!HostAddresses.has(address)) continue;
            throw new EngineException.Denied(
                    what
                            + " "
                            + url
                            + ": "
                            + address.getHostAddress()
                            + " is an address of the engine's host itself or of its containers, and"
                            + " who asks is in a container or on another host: fetch it with RUN,"
                            + " or put it into the build context");
        }
        return all;
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
