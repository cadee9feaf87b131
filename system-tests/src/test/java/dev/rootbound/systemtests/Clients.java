package dev.rootbound.systemtests;

import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.support.ParameterDeclarations;

/** Each client of the engine under test, for a {@link Behaviour} or a {@link Promise}. */
final class Clients implements ArgumentsProvider {
    @Override
    public Stream<? extends Arguments> provideArguments(
            ParameterDeclarations parameters, ExtensionContext context) {
        var clients = EngineUnderTest.target(context).clients();
        var one = context.getRequiredTestMethod().isAnnotationPresent(OneClient.class);
        return clients.stream().limit(one ? 1 : clients.size()).map(Arguments::of);
    }
}
