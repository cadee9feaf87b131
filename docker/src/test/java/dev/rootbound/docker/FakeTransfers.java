package dev.rootbound.docker;

import dev.rootbound.engine.Caller;
import dev.rootbound.engine.EngineException;
import dev.rootbound.engine.Transfers;
import dev.rootbound.image.Described;
import dev.rootbound.image.Image;
import dev.rootbound.image.Pull;
import dev.rootbound.image.Push;
import dev.rootbound.image.Reference;
import dev.rootbound.image.StepCache;
import dev.rootbound.image.TransferProgress;
import dev.rootbound.oci.Descriptor;
import dev.rootbound.oci.Digest;
import dev.rootbound.oci.MediaTypes;
import dev.rootbound.oci.Platform;
import dev.rootbound.registry.Credentials;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** A registry that has {@code box} for everybody. */
final class FakeTransfers implements Transfers {
    static final Digest LAYER = new Digest("b".repeat(64));

    /** What was asked, and by whom as the registry sees it. */
    final List<String> asked = new CopyOnWriteArrayList<>();

    private final Supplier<Image> image;

    FakeTransfers(Supplier<Image> image) {
        this.image = image;
    }

    @Override
    public Pull.Pulled pull(
            Caller caller,
            String reference,
            Optional<Platform> platform,
            Credentials credentials,
            TransferProgress progress) {
        var name = Reference.parse(reference).withDefaultTag();
        asked.add("pull " + name + " " + platform.map(Platform::toString) + " " + credentials);
        if (!name.path().equals("library/box")) {
            throw new EngineException.NotFound("manifest for " + name + " not found");
        }
        progress.image(name);
        progress.layer(LAYER, TransferProgress.Step.WAITING, 0, 10);
        progress.layer(LAYER, TransferProgress.Step.DOWNLOADING, 3, 10);
        progress.layer(LAYER, TransferProgress.Step.DOWNLOADING, 4, 10); // too soon to be said
        progress.layer(LAYER, TransferProgress.Step.PULLED, 10, 10);
        return new Pull.Pulled(image.get(), LAYER, true);
    }

    @Override
    public Described describe(Caller caller, String reference, Credentials credentials) {
        asked.add("describe " + reference + " " + credentials);
        return new Described(
                new Descriptor(MediaTypes.OCI_INDEX, LAYER, 405),
                List.of(new Platform("linux", "amd64", ""), new Platform("linux", "arm64", "v8")));
    }

    @Override
    public void pullAll(
            Caller caller,
            String repository,
            Optional<Platform> platform,
            Credentials credentials,
            AllProgress progress) {
        for (var tag : List.of("1", "2")) {
            var reference = repository + ":" + tag;
            progress.pulled(tag, pull(caller, reference, platform, credentials, progress));
        }
    }

    @Override
    public void push(
            Caller caller,
            String repository,
            String tag,
            Credentials credentials,
            PushProgress progress) {
        asked.add("push " + repository + " " + tag + " " + credentials);
        progress.image(Reference.parse(repository));
        progress.layer(LAYER, TransferProgress.Step.PREPARING, 0, 10);
        if (tag.equals("broken")) throw new EngineException.Denied("denied: not yours");
        progress.layer(LAYER, TransferProgress.Step.PUSHED, 10, 10);
        progress.pushed(tag, new Push.Pushed(LAYER, 405));
    }

    @Override
    public void login(Caller caller, String host, Credentials credentials) {
        asked.add("login " + host + " " + credentials);
        if (credentials instanceof Credentials.Anonymous) {
            throw new EngineException.Denied("unauthorized: authentication required");
        }
    }

    @Override
    public void push(
            Caller caller,
            StepCache steps,
            String reference,
            Credentials credentials,
            PushProgress progress) {
        throw new UnsupportedOperationException("a real engine pushes");
    }
}
