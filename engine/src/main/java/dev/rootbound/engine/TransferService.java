package dev.rootbound.engine;

import dev.rootbound.image.Described;
import dev.rootbound.image.Image;
import dev.rootbound.image.Pull;
import dev.rootbound.image.Push;
import dev.rootbound.image.Reference;
import dev.rootbound.image.StepCache;
import dev.rootbound.image.StepSource;
import dev.rootbound.image.TransferProgress;
import dev.rootbound.image.UnsignedException;
import dev.rootbound.oci.Platform;
import dev.rootbound.registry.Credentials;
import dev.rootbound.registry.Registries;
import dev.rootbound.registry.RegistryException;
import dev.rootbound.registry.RemoteRepository;
import dev.rootbound.registry.Repository;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Transfers between the store and registries, in Docker's words. */
final class TransferService implements Transfers {
    private static final String HUB = "docker.io";
    private static final String HUB_LOGIN = "https://index.docker.io/v1/";

    private final ImageService images;
    private final Registries registries;
    private final EventLog events;
    private final Policy policy;
    private final TenantLimiter limiter;
    private final Pull pull;
    private final Push push;
    private final Predicate<Repository> mustBeSigned;

    TransferService(
            EngineParts parts,
            ImageService images,
            Policy policy,
            TenantLimiter limiter,
            EventLog events) {
        this.limiter = limiter;
        this.policy = policy;
        this.images = images;
        this.registries = parts.registries();
        this.events = events;
        this.pull =
                new Pull(
                        parts.images(),
                        parts.content(),
                        parts.layers(),
                        registries,
                        () -> parts.policy().get().signatures());
        this.mustBeSigned = name -> parts.policy().get().signatures().has(name);
        this.push = new Push(parts.images(), parts.content(), parts.layers(), registries);
    }

    @Override
    public Pull.Pulled pull(
            Caller caller,
            String text,
            Optional<Platform> platform,
            Credentials credentials,
            TransferProgress progress) {
        return transfer(
                "pull " + text,
                () -> {
                    var reference = Reference.parse(text).withDefaultTag();
                    return pull(caller, reference, platform, credentials, progress);
                });
    }

    private Pull.Pulled pull(
            Caller caller,
            Reference reference,
            Optional<Platform> platform,
            Credentials credentials,
            TransferProgress progress)
            throws IOException, InterruptedException {
        policy.judge(caller, reference);
        limiter.refuseFull(caller.tenant(), "pull " + reference.familiar());
        try {
            var pulled =
                    pull.run(caller.tenant().uid(), reference, platform, credentials, progress);
            images.inside().named(caller, pulled.image());
            events.publish(caller.tenant(), pulled.image(), "pull", reference.familiar());
            return pulled;
        } catch (UnsignedException e) {
            throw new EngineException.Denied(
                    "image " + reference.familiar() + " is refused: " + e.getMessage());
        } catch (RegistryException.Denied e) {
            throw new EngineException.NotFound(
                    "pull access denied for "
                            + reference.familiarName()
                            + ", repository does not exist or may require 'docker login': "
                            + e.getMessage());
        }
    }

    @Override
    public void pullAll(
            Caller caller,
            String text,
            Optional<Platform> platform,
            Credentials credentials,
            AllProgress progress) {
        transfer(
                "pull all of " + text,
                () -> {
                    var name = Reference.parse(text);
                    for (var tag : tags(name, credentials)) {
                        var reference = name.withCheckedTag(tag);
                        progress.pulled(
                                tag, pull(caller, reference, platform, credentials, progress));
                    }
                    return Optional.empty();
                });
    }

    @Override
    public Described describe(Caller caller, String text, Credentials credentials) {
        return transfer(
                "ask for " + text,
                () -> {
                    var reference = Reference.parse(text);
                    try (var remote = open(reference, credentials)) {
                        return Described.of(remote, reference);
                    }
                });
    }

    /**
     * Opens a build cache. One cannot be signed: where images must be, it is refused.
     *
     * @throws EngineException.Denied if the policy does
     */
    StepSource steps(Caller caller, Reference reference, Credentials credentials)
            throws IOException, InterruptedException {
        policy.judge(caller, reference);
        if (mustBeSigned.test(new Repository(reference.domain(), reference.path()))) {
            throw new EngineException.Denied(
                    "what is in "
                            + reference.familiarName()
                            + " must be signed, as the policy says; a build cache is not");
        }
        return StepSource.remote(registries, reference, credentials);
    }

    @Override
    public void push(
            Caller caller,
            StepCache steps,
            String text,
            Credentials credentials,
            PushProgress progress) {
        transfer(
                "push a build cache to " + text,
                () -> {
                    var reference = Reference.parse(text).withDefaultTag();
                    if (reference.digest() != null) {
                        throw new EngineException.Invalid("cannot push a digest reference");
                    }
                    long tenant = caller.tenant().uid();
                    var pushed = push.run(tenant, steps, reference, credentials, progress);
                    progress.pushed(String.valueOf(reference.tag()), pushed);
                    return Optional.empty();
                });
    }

    private RemoteRepository open(Reference name, Credentials credentials)
            throws IOException, InterruptedException {
        var repository = new Repository(name.domain(), name.path());
        return registries.open(repository, credentials, Registries.Access.PULL);
    }

    private List<String> tags(Reference name, Credentials credentials)
            throws IOException, InterruptedException {
        try (var remote = open(name, credentials)) {
            return remote.tags();
        }
    }

    @Override
    public void push(
            Caller caller,
            String text,
            String tag,
            Credentials credentials,
            PushProgress progress) {
        transfer(
                "push " + text,
                () -> {
                    var name = Reference.parse(text);
                    if (name.digest() != null) {
                        throw new EngineException.Invalid("cannot push a digest reference");
                    }
                    for (var reference : references(caller, name, tag)) {
                        var image = images.find(caller, reference.familiar());
                        var pushed =
                                push.run(
                                        caller.tenant().uid(),
                                        image,
                                        reference,
                                        credentials,
                                        progress);
                        events.publish(caller.tenant(), image, "push", reference.familiar());
                        progress.pushed(String.valueOf(reference.tag()), pushed);
                    }
                    return Optional.empty();
                });
    }

    private List<Reference> references(Caller caller, Reference name, String tag) {
        var all =
                images.list(caller).stream()
                        .flatMap((Image image) -> image.names().stream())
                        .map(Reference::parse)
                        .filter(r -> r.familiarName().equals(name.familiarName()))
                        .filter(r -> tag.isEmpty() || tag.equals(r.tag()))
                        .sorted(java.util.Comparator.comparing(Reference::familiar))
                        .toList();
        if (all.isEmpty()) {
            throw new EngineException.NotFound(
                    "An image does not exist locally with the tag: " + name.familiarName());
        }
        return all;
    }

    @Override
    public void login(Caller caller, String host, Credentials credentials) {
        var bare = host.replaceFirst("^https?://", "").replaceFirst("/.*$", "");
        boolean hub = host.isEmpty() || host.equals(HUB_LOGIN) || bare.equals(HUB);
        transfer(
                "log in to " + (hub ? HUB : bare),
                () -> {
                    registries.login(hub ? HUB : bare, credentials);
                    return Optional.empty();
                });
    }

    private static <T> T transfer(String what, LocalEngine.Interruptible<T> transfer) {
        return LocalEngine.worded(
                what,
                () -> {
                    try {
                        return LocalEngine.interruptible(transfer);
                    } catch (RegistryException.NotFound e) {
                        throw new EngineException.NotFound(String.valueOf(e.getMessage()));
                    } catch (RegistryException.Denied e) {
                        throw new EngineException.Denied(String.valueOf(e.getMessage()));
                    } catch (RegistryException.Failed e) {
                        throw new EngineException.Failed(String.valueOf(e.getMessage()), e);
                    }
                });
    }
}
