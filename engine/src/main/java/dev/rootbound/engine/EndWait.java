package dev.rootbound.engine;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Somebody who waits for a container's end. */
final class EndWait implements Engine.Waiting {
    private final CompletableFuture<Ended> ended = new CompletableFuture<>();
    private final Engine.WaitFor what;
    private final Set<EndWait> waits;

    EndWait(Engine.WaitFor what, Set<EndWait> waits) {
        this.what = what;
        this.waits = waits;
        waits.add(this);
    }

    /** An end is an end also for those who wait until it does not run. */
    boolean isFor(Engine.WaitFor happened) {
        return what == happened
                || (happened == Engine.WaitFor.NEXT_EXIT && what == Engine.WaitFor.NOT_RUNNING);
    }

    void complete(Ended how) {
        waits.remove(this);
        ended.complete(how);
    }

    @Override
    public Ended await() throws InterruptedException {
        try {
            return ended.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        waits.remove(this);
        ended.complete(new Ended(0, "given up"));
    }
}
