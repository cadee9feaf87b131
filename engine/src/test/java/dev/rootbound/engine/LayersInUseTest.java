package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rootbound.image.ContentStore;
import dev.rootbound.image.Images;
import dev.rootbound.oci.Digest;
import dev.rootbound.rootfs.Snapshots;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Layers are there as long as an image or a container needs them, and no longer. */
@Tag("kernel")
@Timeout(60)
class LayersInUseTest {
    private static final Caller CALLER = TestEngine.CALLER;
    private static final Caller ROOT =
            new Caller(new dev.rootbound.idmap.Tenant(0), 0, 0, List.of());
    private static final String IMAGE = "rootbound/busybox";
    @AutoClose private final TestEngine test = TestEngine.open();

    private Set<Digest> layers() {
        return test.opened.getLast().list();
    }

    private void removeImage() {
        test.engine.removeImage(CALLER, IMAGE, true);
    }

    @Test
    void anImageRemovedWhileAContainerIsMadeOfItLeavesItsLayers() throws Exception {
        test.decorator = this::removingTheImageAtCreate;
        test.reopen();
        var id = test.create(TestSpec.of("true"));
        test.start(id);
        assertThat(test.waitFor(id)).isZero();
    }

    private Snapshots removingTheImageAtCreate(Snapshots real) {
        return (Snapshots)
                Proxy.newProxyInstance(
                        Snapshots.class.getClassLoader(),
                        new Class<?>[] {Snapshots.class},
                        (_, method, arguments) -> {
                            if (method.getName().equals("create")) {
                                removeImage();
                            }
                            try {
                                return method.invoke(real, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    @Test
    void noContainerIsMadeWithoutItsLayersWhileItsImageComesAndGoes() throws Exception {
        var made = new ConcurrentLinkedQueue<String>();
        var left = new AtomicInteger(3);
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            var work = new ArrayList<Callable<Boolean>>();
            for (int i = 0; i < 3; i++) {
                work.add(() -> creates(made, left));
            }
            work.add(() -> removes(left));
            for (var done : tasks.invokeAll(work)) {
                assertThat(done.get()).isTrue();
            }
        }
        assertThat(made).isNotEmpty();
        for (var id : made) {
            assertThat(layers()).containsAll(test.inspect(id).layers());
            test.engine.delete(CALLER, id, false);
        }
    }

    private boolean creates(ConcurrentLinkedQueue<String> made, AtomicInteger left) {
        for (int i = 0; i < 15; i++) {
            try {
                made.add(test.create(TestSpec.of("true")));
            } catch (EngineException.NotFound _) {
                // removed before it was held: nothing was made
            }
        }
        left.decrementAndGet();
        return true;
    }

    private boolean removes(AtomicInteger left) {
        while (left.get() > 0) {
            try {
                removeImage();
            } catch (EngineException.NotFound _) {
                Thread.onSpinWait();
            }
        }
        return true;
    }

    @Test
    void theLastContainerOfARemovedImageTakesTheLayersWithIt() throws Exception {
        var id = test.create(TestSpec.of("true"));
        var other = test.create(TestSpec.of("true").removed());
        removeImage();
        assertThat(layers()).isNotEmpty();
        test.engine.delete(CALLER, id, false);
        assertThat(layers()).isNotEmpty();
        try (var removed = test.engine.waitFor(CALLER, other, Engine.WaitFor.REMOVED)) {
            test.start(other);
            assertThat(removed.await().code()).isZero();
        }
        assertThat(layers()).isEmpty();
    }

    @Test
    void aContainerThatCannotBeMadeKeepsNoLayers() throws Exception {
        var taken = test.create("taken", TestSpec.of("true"));
        try {
            test.create("taken", TestSpec.of("true"));
        } catch (EngineException.Conflict e) {
            test.engine.delete(CALLER, taken, false);
        }
        removeImage();
        assertThat(layers()).isEmpty();
    }

    @Test
    void layersThatNobodyNeedsAreDroppedAtTheStart() throws Exception {
        var id = test.create(TestSpec.of("true"));
        test.engine.delete(CALLER, id, false);
        test.engine.close();
        // as an engine that is killed between the image's end and its layers'
        var images =
                new Images(
                        test.root.resolve("images"),
                        new ContentStore(test.root.resolve("content")));
        var image = images.find(CALLER.tenant().uid(), IMAGE).orElseThrow();
        images.remove(CALLER.tenant().uid(), image.id());
        test.reopen();
        assertThat(layers()).isEmpty();
    }

    @Test
    void layersOfAContainerWhoseStateIsDamagedStayUntilItIsRemoved() throws Exception {
        var id = test.create(TestSpec.of("true"));
        removeImage();
        RecoverTest.damage(test, id);
        test.reopen();
        assertThat(layers()).isNotEmpty();
        test.engine.killAndDelete(ROOT, id, false);
        assertThat(layers()).isEmpty();
    }
}
