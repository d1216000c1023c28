using System.Text;
using Tocsin.Testing;
using TocsinSdk.Configuration;

namespace TocsinSdk.Tests.Configuration;

public sealed class YamlOptionsTests
{
    private readonly Dictionary<string, string> _variables = new() { ["KEY"] = "s3cret" };

    [Fact]
    public void Sections_are_the_groups_of_options_in_any_spelling()
    {
        var read = Read("""
            service: shop
            url: http://tocsin:4480
            hang_timeout: 30s
            sources: [Shop.*, Billing]
            requests:
              slow_threshold: 500ms
              LogStart: no
              quiet-paths:
                - /ping
            """);
        read.Problems.ShouldBeEmpty();
        Flat(read).ShouldBe([
            "HangTimeout=30s", "Requests:LogStart=no", "Requests:QuietPaths:0000=/ping", "Requests:SlowThreshold=500ms",
            "ServiceName=shop", "Sources:0000=Shop.*", "Sources:0001=Billing", "Url=http://tocsin:4480",
        ]);
        read.Values["Requests:SlowThreshold"].Place.ShouldBe("tocsin.yaml:6:19");
    }

    [Fact]
    public void Variables_are_put_in_with_their_defaults()
    {
        var read = Read("""
            key: ${KEY}
            service: ${SERVICE:-shop}-${REGION:-}eu
            release: "$${KEY} ${KEY}"
            environment: ${NOWHERE:-}
            """);
        read.Problems.ShouldBeEmpty();
        Flat(read).ShouldBe(["Environment=", "Key=s3cret", "Release=${KEY} s3cret", "ServiceName=shop-eu"]);
    }

    [Theory]
    [InlineData("key: ${NO_SUCH}", "tocsin.yaml:1:6: Key the environment variable NO_SUCH is not set; set it or write ${NO_SUCH:-default}")]
    [InlineData("reqests:\n  x: 1", "tocsin.yaml:1:1: reqests is unknown; did you mean Requests?")]
    [InlineData("requests:\n  slow_treshold: 1s", "tocsin.yaml:2:3: Requests.slow_treshold is unknown; did you mean SlowThreshold?")]
    [InlineData("requests: 7", "tocsin.yaml:1:11: Requests expected a section with Enabled, LogStart, LogEnd")]
    [InlineData("url: [a]", "tocsin.yaml:1:6: Url expected a text")]
    [InlineData("hang_timeout:\n  seconds: 3", "tocsin.yaml:2:3: HangTimeout expected hours:minutes:seconds")]
    [InlineData("url: a\nservice: b\nurl: c", "tocsin.yaml:3:1: Url is there a second time")]
    [InlineData("url: &a x\nkey: *a", "tocsin.yaml:2:6: Key an alias (*name) is not read; expected the value itself")]
    [InlineData("url: a\n---\nurl: b", "tocsin.yaml:2:1: a second document starts here; expected one")]
    [InlineData("- url", "tocsin.yaml:1:1: expected a section with")]
    [InlineData("url: 'open", "tocsin.yaml:1:")]
    [InlineData("? [a]\n: b\nurl: x", "tocsin.yaml:1:3: expected a name")]
    public void A_mistake_is_named_with_its_place_and_what_was_expected(string text, string problem) =>
        Read(text).Problems.ShouldHaveSingleItem().ShouldStartWith(problem);

    [Fact]
    public void Every_mistake_is_named_not_only_the_first() =>
        Read("urll: a\nkee: b\nrequests:\n  enabledd: c\nhealth: {perod: 3s}").Problems.Count.ShouldBe(4);

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("---\n")]
    [InlineData("url:\nkey: ~\nrequests:\n")]
    public void Nothing_said_is_nothing_wrong(string text)
    {
        var read = Read(text);
        read.Problems.ShouldBeEmpty();
        read.Values.ShouldBeEmpty();
    }

    [Fact]
    public void A_part_is_switched_by_one_word() => Flat(Read("requests: off\nhealth: true"))
        .ShouldBe(["Health:Enabled=true", "Requests:Enabled=off"]);

    [Fact]
    public void A_unit_may_stand_in_the_name() =>
        Flat(Read("tracking: { max_operations_mb: 2 }")).ShouldBe(["Tracking:MaxOperations=2MB"]);

    [Fact]
    public void The_servers_sections_in_a_shared_file_are_left_to_the_server()
    {
        var read = Read("""
            data: ./tocsin-data
            http: { port: 4480 }
            alerts:
              smtp_config:
                password: ${SMTP_PASSWORD}
            health_endpoint:
              enabled: true
              port: 8080
            service: shop
            """);
        read.Problems.ShouldBeEmpty();
        Flat(read).ShouldBe(["Health:Enabled=true", "ServiceName=shop"]);
    }

    [Fact]
    public void Nesting_without_end_ends()
    {
        Read("requests: " + new string('[', 5000)).Problems.ShouldNotBeEmpty();
        Read(string.Concat(Enumerable.Range(0, 200).Select(i => new string(' ', i) + "logs:\n"))).Problems.ShouldNotBeEmpty();
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void Damaged_files_are_mistakes_never_exceptions()
    {
        var seed = Encoding.UTF8.GetBytes("""
            # Tocsin
            url: "http://tocsin:4480"
            key: ${KEY:-none}
            sources: [Shop.*, 'Billing']
            requests:
              slow_threshold: 500ms
              quiet_paths:
                - /ping
                - "/x\u0041"
            health: &h { period: 15s, enabled: yes }
            logging:
              level: >-
                DEBUG
            """);
        var mutation = new Mutation(FuzzSeed.Of(20261121));
        for (var i = 0; i < 20_000; i++)
        {
            var read = Read(Encoding.UTF8.GetString(mutation.Of(i % 3 == 0 ? mutation.Of(seed) : seed)));
            read.Problems.Count.ShouldBeLessThanOrEqualTo(21);
            foreach (var problem in read.Problems)
                problem.ShouldStartWith("tocsin.yaml:");
            // Whatever was read belongs to an option.
            foreach (var name in read.Values.Keys)
                OptionValues.ShapeOf(name);
        }
    }

    private YamlOptions Read(string text) => YamlOptions.Read(text, "tocsin.yaml", _variables.GetValueOrDefault);

    private static IEnumerable<string> Flat(YamlOptions read) =>
        read.Values.Select(v => $"{v.Key}={v.Value.Text}").Order(StringComparer.Ordinal);
}
