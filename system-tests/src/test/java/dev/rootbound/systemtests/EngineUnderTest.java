package dev.rootbound.systemtests;

import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.opentest4j.TestAbortedException;

/** Starts the engine once for the suite, cleans up after each test, and judges a control run. */
final class EngineUnderTest
        implements BeforeAllCallback, AfterEachCallback, ParameterResolver, InvocationInterceptor {

    static Target target(ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.create(EngineUnderTest.class))
                .computeIfAbsent("target", _ -> Target.fromProperties(), Target.class);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        target(context);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        target(context).removeContainers();
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<@Nullable Void> invocation,
            ReflectiveInvocationContext<Method> method,
            ExtensionContext context)
            throws Throwable {
        var promise = method.getExecutable().isAnnotationPresent(Promise.class);
        if (!target(context).isControl() || !promise) {
            invocation.proceed();
            return;
        }
        try {
            invocation.proceed();
        } catch (AssertionError broken) {
            throw new TestAbortedException(
                    "the control breaks it, as it must: " + broken.getMessage());
        }
        throw new AssertionError("passes in the control too: it proves nothing");
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Target.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return target(context);
    }
}
