using Microsoft.Extensions.Logging;
using TocsinSdk.Logging;
using TocsinSdk.Logging.Terminal;
using TocsinSdk.Redaction;

namespace TocsinSdk.Tests.Logging;

public sealed class ConsoleSinkTests
{
    private readonly MemoryStream _out = new();

    private string Written(bool json, bool colour, Action<ILogger> log)
    {
        var provider = new TocsinLoggerProvider(new Redactor(new RedactionOptions()), TimeProvider.System);
        var console = new ConsoleSink(_out, json, colour, TimeProvider.System);
        provider.Add(console);
        log(provider.CreateLogger("Shop"));
        console.Flush(TimeSpan.FromSeconds(10)).ShouldBeTrue();
        return System.Text.Encoding.UTF8.GetString(_out.ToArray());
    }

    [Fact]
    public void Text_is_for_people_and_carries_nothing_that_steers_the_terminal()
    {
        var text = Written(json: false, colour: false, log =>
        {
            using (Tocsin.BeginContext(requestId: "req-1"))
                log.LogWarning("{What} gone, password={Pw}", "cart \u001b[2J", "hunter2");
        });
        text.ShouldMatch(@"^\d\d:\d\d:\d\d\.\d{3} WARN  Shop: cart \?\[2J gone, password=\[REDACTED\] request=req-1\n$");
    }

    [Fact]
    public void Colour_is_only_around_the_level() =>
        Written(json: false, colour: true, log => log.LogError("x")).ShouldContain("\u001b[31mERROR \u001b[0mShop: x");

    [Fact]
    public void Json_is_the_line_of_the_files() =>
        Written(json: true, colour: false, log => log.LogError("x")).ShouldStartWith("{\"timestamp\":\"");
}
