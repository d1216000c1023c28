using TocsinSdk.Telemetry;

namespace TocsinSdk.Tests.Telemetry;

public sealed class ExportStateTests
{
    private readonly List<string> _said = [];

    [Fact]
    public void One_line_per_change_of_state()
    {
        var state = new ExportState(_said.Add);
        void Report(string signal, string outcome) => state.Report(new Uri("http://tocsin:4480/v1/" + signal), outcome);
        Report("logs", "refused");
        Report("traces", "refused");
        Report("logs", "refused");
        Report("logs", "ok");
        Report("traces", "ok");
        Report("logs", "ok");
        Report("metrics", "401 Unauthorized");
        Report("logs", "ok");
        Report("metrics", "401 Unauthorized");
        _said.ShouldBe([
            "tocsin: telemetry -> http://tocsin:4480: refused",
            "tocsin: telemetry -> http://tocsin:4480/v1/traces: refused",
            "tocsin: telemetry -> http://tocsin:4480: ok",
            "tocsin: telemetry -> http://tocsin:4480/v1/metrics: 401 Unauthorized",
        ]);
    }
}
