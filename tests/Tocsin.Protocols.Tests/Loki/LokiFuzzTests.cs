using Tocsin.Protocols.Loki;
using Tocsin.Protocols.Shared;
using Tocsin.Testing;

namespace Tocsin.Protocols.Tests.Loki;

[Trait("Kind", "Fuzz")]
public sealed class LokiFuzzTests
{
    private static readonly (string, string)[] s_labels = [("app", "sh\"op"), ("level", "warn"), ("ü", "\\x")];

    private static SomeEntry[] Entries()
    {
        long now = new LogDecoding().Now;
        return [new(now, "line ✗", [("k", "v"), ("trace_id", "0af7651916cd43dd8448eb211c80319c")]), new(now - 1, "", [])];
    }

    [Fact]
    public void Protobuf_survives_damage() =>
        LogFuzz.Run(() => LokiProto.Decode, [LokiBodies.Proto(s_labels, Entries())], 11).Totals.Stored.ShouldBeGreaterThan(100);

    [Fact]
    public void Json_survives_damage() =>
        LogFuzz.Run(() => LokiJson.Decode, [LokiBodies.Json(s_labels, Entries())], 12).Totals.Stored.ShouldBeGreaterThan(100);

    [Fact]
    public void Snappy_survives_damage_and_agrees_with_the_reference_where_both_accept()
    {
        var mutation = new Mutation(FuzzSeed.Of(13));
        byte[] packed = IronSnappy.Snappy.Encode(Enumerable.Repeat(LokiBodies.Proto(s_labels, Entries()), 9).SelectMany(b => b).ToArray());
        int accepted = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] block = mutation.Of(packed);
            if (!SnappyBlock.TryReadLength(block, out uint length, out int header) || length > 1 << 20)
                continue;
            byte[] plain = new byte[length];
            if (!SnappyBlock.TryDecode(block.AsSpan(header), plain))
                continue;
            accepted++;
            plain.ShouldBe(IronSnappy.Snappy.Decode(block));
        }
        accepted.ShouldBeGreaterThan(100);
    }
}
