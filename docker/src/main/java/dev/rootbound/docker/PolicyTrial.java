package dev.rootbound.docker;

import dev.rootbound.engine.EngineException;
import dev.rootbound.engine.PolicyFile;
import java.io.IOException;
import java.nio.file.Path;

/** A policy file that no engine has read yet, tried on a request. */
public final class PolicyTrial {
    private PolicyTrial() {}

    /**
     * Judges as an engine with that policy would, for whoever runs this, knowing no image.
     *
     * @param user another, by name or uid, if root runs this; empty: the same
     * @param request as {@code /containers/create} takes it
     * @return what {@code /rootbound/policy/test} answers
     * @throws IOException with the reason if file or request are wrong
     */
    public static String of(Path file, String user, String request) throws IOException {
        try {
            var spec = CreateContainer.parse(request, "").toSpec();
            return PolicyEndpoints.json(PolicyFile.test(file, user, spec)).toString();
        } catch (ApiException | EngineException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
