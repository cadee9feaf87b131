package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rootbound.network.Addresses;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EndpointNamesTest {
    private static final Network NET = TestNetworks.of('a', "Net", "172.18.0.0/16");
    private static final Network OTHER = TestNetworks.of('b', "other", "172.19.0.0/16");
    private static final Network USUAL = TestNetworks.of('c', "bridge", "172.17.0.0/16");

    private final Containers containers = new Containers();
    private final Stays stays = new Stays();

    private static NetworkSpec.Attachment asked(
            Network network, List<String> aliases, Map<String, String> links) {
        return new NetworkSpec.Attachment(network.id(), aliases, links, "", "", "", 0);
    }

    private Stay add(char id, String name, String hostname, NetworkSpec.Attachment... asked) {
        var spec = TestSpec.of("true").on(List.of(asked));
        spec.hostname = hostname;
        var container = TestContainers.of(TestNetworks.id(id), name, 1000, spec.build());
        containers.add(new ContainerEntry(container, Path.of("/nowhere")));
        var stay = new Stay(container);
        stays.add(stay);
        return stay;
    }

    private static NetworkSpec.Attachment on(Network network) {
        return NetworkSpec.Attachment.to(network.id());
    }

    private List<String> seen(Stay by, String name) {
        return new EndpointNames(by, stays, containers)
                .addresses(name).stream().map(Addresses::text).toList();
    }

    private Stay plugged(Stay stay, Network network, String address) {
        stay.plugs.add(TestNetworks.plugged(network, address));
        return stay;
    }

    private Stay client() {
        return plugged(add('1', "client", "", on(NET)), NET, "172.18.0.2");
    }

    @Test
    void aContainerIsFoundByNameAliasIdAndHostname() {
        var web = add('2', "web", "box", asked(NET, List.of("WWW"), Map.of()));
        plugged(web, NET, "172.18.0.3");
        var client = client();
        for (var name : List.of("web", "www", "222222222222", "box", "web.net", "www.net")) {
            assertThat(seen(client, name)).as(name).containsExactly("172.18.0.3");
        }
        for (var name :
                List.of("", "we", "web.other", "web.net.net", TestNetworks.id('2'), "net")) {
            assertThat(seen(client, name)).as(name).isEmpty();
        }
        assertThat(seen(client, "client")).as("itself").containsExactly("172.18.0.2");
    }

    @Test
    void whoIsOnNoCommonNetworkIsNotFound() {
        plugged(add('2', "web", "", on(OTHER)), OTHER, "172.19.0.3");
        assertThat(seen(client(), "web")).isEmpty();
        assertThat(
                        new EndpointNames(client(), stays, containers)
                                .name(Addresses.parse("172.19.0.3")))
                .isEmpty();
    }

    @Test
    void onTheDefaultNetworkThereAreNoNames() {
        plugged(add('2', "web", "", on(USUAL)), USUAL, "172.17.0.3");
        var client = plugged(add('1', "client", "", on(USUAL)), USUAL, "172.17.0.2");
        assertThat(seen(client, "web")).isEmpty();
        assertThat(new EndpointNames(client, stays, containers).name(Addresses.parse("172.17.0.3")))
                .isEmpty();
    }

    @Test
    void anAliasThatSeveralHaveIsAllOfThem() {
        plugged(add('2', "a", "", asked(NET, List.of("db"), Map.of())), NET, "172.18.0.3");
        plugged(add('3', "b", "", asked(NET, List.of("db"), Map.of())), NET, "172.18.0.4");
        assertThat(seen(client(), "db")).containsExactlyInAnyOrder("172.18.0.3", "172.18.0.4");
    }

    @Test
    void aLinkIsANameOfItsOwnersAlone() {
        plugged(add('2', "web", "", on(NET)), NET, "172.18.0.3");
        var linked = add('1', "client", "", asked(NET, List.of(), Map.of("web", "Backend")));
        plugged(linked, NET, "172.18.0.2");
        assertThat(seen(linked, "backend")).containsExactly("172.18.0.3");
        assertThat(seen(linked, "backend.net")).containsExactly("172.18.0.3");
        assertThat(seen(plugged(add('3', "x", "", on(NET)), NET, "172.18.0.4"), "backend"))
                .isEmpty();
    }

    @Test
    void anAddressIsTheContainerOnItsNetwork() {
        plugged(add('2', "web", "", on(NET)), NET, "172.18.0.3");
        var names = new EndpointNames(client(), stays, containers);
        assertThat(names.name(Addresses.parse("172.18.0.3"))).contains("web.Net");
        assertThat(names.name(Addresses.parse("172.18.0.9"))).isEmpty();
    }

    @Test
    void namesAreToldOnceAndInOrder() {
        var spec = TestSpec.of("true");
        spec.hostname = "web";
        var container = TestContainers.of(TestNetworks.id('2'), "web", 1000, spec.build());
        assertThat(EndpointNames.of(container, asked(NET, List.of("a", "web"), Map.of())))
                .containsExactly("web", "a", "222222222222");
    }
}
