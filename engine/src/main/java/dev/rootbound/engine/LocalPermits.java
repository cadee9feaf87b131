package dev.rootbound.engine;

import dev.rootbound.idmap.Tenant;
import dev.rootbound.linux.At;
import dev.rootbound.linux.Credentials;
import dev.rootbound.linux.Fd;
import dev.rootbound.linux.HostPath;
import dev.rootbound.linux.Processes;
import dev.rootbound.oci.ImageConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Answers from the policy that is in force, or from a file that is not yet. */
final class LocalPermits implements Permits {
    private final Policy policy;
    private final HostUsers users;
    private final Sources sources;
    private final Completion completion;

    /**
     * @param completion of what is asked with what the image has
     */
    LocalPermits(Policy policy, HostUsers users, Sources sources, Completion completion) {
        this.policy = policy;
        this.users = users;
        this.sources = sources;
        this.completion = completion;
    }

    /** Where host paths lead. */
    interface Sources {
        /** For that user: nobody is told what is not to be seen. */
        HostNames names(BindMount bind, Credentials user) throws IOException;
    }

    /** What is known of a request. */
    interface Completion {
        /**
         * The same with its image's defaults, if the image is there.
         *
         * @return with the digests by which it was pulled
         */
        Completed complete(Caller caller, ContainerSpec asked) throws IOException;
    }

    record Completed(ContainerSpec spec, List<String> digests) {}

    /** Of a file without an engine, for who runs this: no image is there. */
    static LocalPermits of(Path file, Path etc) throws IOException {
        var settings = PolicyFile.read(file);
        var users = new HostUsers(etc, InstantSource.system());
        var policy = new Policy(Host.read(), users, () -> settings);
        return new LocalPermits(policy, users, LocalPermits::names, (_, asked) -> unknown(asked));
    }

    /** Only root can look as another user. */
    private static HostNames names(BindMount bind, Credentials user) throws IOException {
        boolean root = Processes.ownUid() == 0;
        return HostNames.find(
                Path.of(bind.source()),
                bind.below(),
                at -> root ? HostPath.open(at, user) : Fd.open(at, At.O_PATH),
                _ -> false);
    }

    /** Of an image that is not there: whatever its command is, it is no matter of policy. */
    static Completed unknown(ContainerSpec asked) {
        var any = asked.with(spec -> spec.cmd = spec.cmd == null ? List.of("true") : spec.cmd);
        var id = "0".repeat(64);
        var whole = ImageDefaults.complete(any, ImageConfig.Defaults.NONE, id);
        return new Completed(whole, List.of());
    }

    /** Whoever runs this. */
    static Caller self() throws IOException {
        long uid = Processes.ownUid();
        return Caller.of(new Tenant(uid));
    }

    @Override
    public Shown show(Caller caller, String user) {
        var who = who(caller, user);
        var permissions = policy.permissions(who);
        var permits =
                permissions.all().stream()
                        .map(a -> new Permit(a.setting().key(), a.value(), a.rule()))
                        .toList();
        return LocalEngine.attempt(
                "find user " + who.uid(),
                () ->
                        new Shown(
                                users.name(who.tenant().uid()),
                                who.tenant().uid(),
                                permissions.file(),
                                permits));
    }

    private Caller who(Caller caller, String user) {
        if (user.isEmpty()) return caller;
        var uid = LocalEngine.attempt("find user " + user, () -> users.uid(user));
        boolean own = uid.isPresent() && uid.getAsLong() == caller.tenant().uid();
        if (own) return caller;
        if (!caller.isHostRoot()) {
            throw new EngineException.Denied(
                    "user "
                            + TextRule.shown(user)
                            + ": only root of this host is told what others may have");
        }
        if (uid.isEmpty()) {
            throw new EngineException.Invalid(
                    "there is no user " + TextRule.shown(user) + " on this host");
        }
        return Caller.of(new Tenant(uid.getAsLong()));
    }

    @Override
    public Verdict test(Caller caller, String user, ContainerSpec asked) {
        var who = who(caller, user);
        var completed =
                LocalEngine.attempt("test a request", () -> completion.complete(who, asked));
        var spec = completed.spec();
        var permissions = policy.permissions(who);
        var decisions = new ArrayList<Decision>();
        for (var ask : Policy.asks(spec, completed.digests())) {
            decisions.add(new Decision(ask.what(), permissions.has(ask), permissions.rule(ask)));
        }
        var refusal = refusal(() -> policy.judge(who, spec, completed.digests()));
        for (var bind : spec.binds()) {
            var at = LocalEngine.attempt("look at a host path", () -> names(who, bind));
            var path = refusal(() -> permissions.checkPath(bind, at.path(), at.others()));
            decisions.add(
                    new Decision(
                            "host path " + TextRule.shown(bind.source()),
                            path.isEmpty(),
                            permissions.pathRule()));
            if (refusal.isEmpty()) refusal = path;
        }
        return new Verdict(refusal, decisions);
    }

    private HostNames names(Caller who, BindMount bind) throws IOException {
        return sources.names(bind, credentials(who));
    }

    private Credentials credentials(Caller who) throws IOException {
        if (who.gid() != Caller.NO_GROUP) return BindIds.credentials(who);
        return users.identity(Long.toString(who.uid()))
                .map(user -> new Credentials(user.uid(), user.gid(), user.groups()))
                .orElseThrow(() ->
                        new EngineException.Invalid(
                                "there is no user " + who.uid() + " on this host"));
    }

    private static String refusal(Runnable judgement) {
        try {
            judgement.run();
            return "";
        } catch (EngineException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
