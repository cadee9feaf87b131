package dev.rootbound.engine;

import dev.rootbound.image.Described;
import dev.rootbound.image.Pull;
import dev.rootbound.image.Push;
import dev.rootbound.image.StepCache;
import dev.rootbound.image.TransferProgress;
import dev.rootbound.oci.Platform;
import dev.rootbound.registry.Credentials;
import java.util.Optional;

/**
 * Images from and to registries. An interrupted thread ends a transfer: what has come of a layer
 * stays for a while, so that the next pull goes on there.
 */
public interface Transfers {
    /**
     * Pulls an image.
     *
     * @param reference familiar or full, with tag or digest
     * @param platform empty: the host's, or that of an image for one platform
     * @throws EngineException.NotFound if the registry has no such image for this caller
     */
    Pull.Pulled pull(
            Caller caller,
            String reference,
            Optional<Platform> platform,
            Credentials credentials,
            TransferProgress progress);

    /**
     * What the registry has under a name, without a pull.
     *
     * @throws EngineException.NotFound if it has no such image for this caller
     */
    Described describe(Caller caller, String reference, Credentials credentials);

    /** Pulls every tag of a repository; told of each when it is there. */
    void pullAll(
            Caller caller,
            String repository,
            Optional<Platform> platform,
            Credentials credentials,
            AllProgress progress);

    /** Told of the images of a repository. */
    interface AllProgress extends TransferProgress {
        void pulled(String tag, Pull.Pulled pulled);
    }

    /** Told of pushed images. */
    interface PushProgress extends TransferProgress {
        void pushed(String tag, Push.Pushed pushed);
    }

    /**
     * Pushes an image, or all that the caller has of a repository.
     *
     * @param repository without tag
     * @param tag empty: all
     */
    void push(
            Caller caller,
            String repository,
            String tag,
            Credentials credentials,
            PushProgress progress);

    /**
     * Pushes what steps of builds have made, for other engines.
     *
     * @param reference without digest
     */
    void push(
            Caller caller,
            StepCache steps,
            String reference,
            Credentials credentials,
            PushProgress progress);

    /**
     * Asks a registry whether it takes the credentials.
     *
     * @param host with its port if it has one; Docker Hub's {@code https://index.docker.io/v1/} is
     *     understood
     * @throws EngineException.Denied if it does not
     */
    void login(Caller caller, String host, Credentials credentials);
}
