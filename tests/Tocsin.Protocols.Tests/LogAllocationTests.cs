using System.Text;
using Tocsin.Ingest;
using Tocsin.Model;
using Tocsin.Model.Metrics;
using Tocsin.Protocols.JsonLines;
using Tocsin.Protocols.Loki;
using Tocsin.Protocols.Seq;
using Tocsin.Protocols.Shared;
using Tocsin.Protocols.Syslog;
using Tocsin.Protocols.Tests.Loki;
using Tocsin.Storage;
using Tocsin.Testing;

namespace Tocsin.Protocols.Tests;

/// <summary>Decoders go from the wire into the batch: what they allocate does not grow with the number of records.</summary>
[Collection(nameof(Alone))]
public sealed class LogAllocationTests
{
    private const int Records = 2000, PerRequest = 32 << 10;
    private readonly IngestPipeline _pipeline = new(
        (_, _) => new(AppendResult.Stored), IngestOptions.Default, new FakeClock(), new MetricSet(), []);

    [Fact]
    public void Loki_in_protobuf() => Measure(() => LokiProto.Decode, LokiBodies.Proto([("app", "shop"), ("level", "info")], Entries()));

    [Fact]
    public void Loki_in_json() => Measure(() => LokiJson.Decode, LokiBodies.Json([("app", "shop"), ("level", "info")], Entries()));

    [Fact]
    public void Json_lines() => Measure(
        () => new JsonLinesDecoder(FieldMap.Read(Microsoft.AspNetCore.Http.QueryCollection.Empty)).Decode, Lines(i =>
            $"{{\"time\":\"2026-03-14T15:00:00.123456Z\",\"level\":\"info\",\"message\":\"order {i} placed\",\"order\":{i},\"ratio\":0.5,\"service\":\"shop\",\"user\":{{\"id\":\"u{i}\"}}}}"));

    [Fact]
    public void Clef() => Measure(() => new SeqDecoder([]).Clef, Lines(i =>
        $"{{\"@t\":\"2026-03-14T15:00:00.1234567Z\",\"@mt\":\"Order {{Order}} of {{User}} placed\",\"Order\":{i},\"User\":\"u{i}\",\"Application\":\"shop\",\"SourceContext\":\"Shop.Orders\"}}"));

    [Fact]
    public void Syslog_messages() => Measure(
        () => (body, writer) => SyslogProtocol.Decode(body, writer, [], new LineErrors()),
        Lines(i => $"<165>1 2026-03-14T15:00:00.123456Z box shop {i + 1} ID47 [ex@32473 iut=\"3\" user=\"u{i}\"] order {i} placed"));

    private static SomeEntry[] Entries() =>
        [.. Enumerable.Range(0, Records).Select(i => new SomeEntry(1_773_500_000_000_000_000 + i, $"order {i} placed", [("user", $"u{i}")]))];

    private static byte[] Lines(Func<int, string> line) =>
        Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, Records).Select(i => line(i) + "\n")));

    private void Measure(Func<BodyDecoder> decoder, byte[] body)
    {
        for (int warm = 0; warm < 3; warm++)
            Take(decoder(), body);
        BodyDecoder last = decoder();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Take(last, body);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(PerRequest);
        _pipeline.Totals().Single().Stored.ShouldBe(4 * Records);
    }

    private void Take(BodyDecoder decode, byte[] body)
    {
        IngestWriter writer = _pipeline.Begin("test", Dataset.Logs);
        decode(body, writer).ShouldBeNull();
        ValueTask<IngestOutcome> outcome = _pipeline.Commit(writer, CancellationToken.None);
        outcome.IsCompleted.ShouldBeTrue();
    }
}
