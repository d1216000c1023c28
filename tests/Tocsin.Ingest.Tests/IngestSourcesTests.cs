using Tocsin.Testing;

namespace Tocsin.Ingest.Tests;

public sealed class IngestSourcesTests
{
    [Fact]
    public void The_last_to_send_comes_first()
    {
        var clock = new FakeClock();
        var sources = new IngestSources(clock);
        sources.OnStored(Some.Batch(Some.Log("x") with { Service = "a" }, Some.Log("y") with { Service = "b" }));
        clock.Advance(TimeSpan.FromMinutes(1));
        sources.OnStored(Some.Batch(Some.Log("x") with { Service = "a" }));
        IReadOnlyList<IngestSource> seen = sources.Snapshot();
        seen.Select(s => (s.Service, s.Records)).ShouldBe([("a", 2L), ("b", 1L)]);
        (seen[0].LastSeen - seen[0].FirstSeen).ShouldBe(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void The_longest_silent_service_makes_room()
    {
        var clock = new FakeClock();
        var sources = new IngestSources(clock);
        for (int i = 0; i < IngestSources.MaxServices + 5; i++)
        {
            sources.OnStored(Some.Batch(Some.Log("x") with { Service = $"s{i}" }));
            clock.Advance(TimeSpan.FromSeconds(1));
        }
        sources.Snapshot().Count.ShouldBe(IngestSources.MaxServices);
        sources.Snapshot().ShouldNotContain(s => s.Service == "s4");
        sources.Snapshot().ShouldContain(s => s.Service == "s5");
    }
}
