using System.Text;
using Tocsin.Model.Events;
using Tocsin.Testing;

namespace Tocsin.Model.Tests.Events;

public sealed class EventBatchTests
{
    [Fact]
    public void A_row_comes_back_with_every_type()
    {
        using var writer = new EventBatchWriter(Dataset.Spans);
        writer.BeginStream();
        Field(writer, "service.name", "api");
        writer.EndStream();
        writer.BeginRow(new Instant(-5), new Instant(long.MaxValue), 17, Some.TraceId(1), Some.SpanId(2));
        object?[] values =
        [
            null, true, false, long.MinValue, 0.1, double.NaN, "é", "", new byte[] { 0, 255 }, Array.Empty<object?>(),
            new object?[] { 1, new object?[] { "x" } },
            new Dictionary<string, object?> { ["a"] = new Dictionary<string, object?>() },
        ];
        for (int i = 0; i < values.Length; i++)
            Field(writer, $"f{i}", values[i]);
        writer.EndRow();

        var reader = new EventBatchReader(writer.Encoded.Span);
        reader.Dataset.ShouldBe(Dataset.Spans);
        reader.RowCount.ShouldBe(1);
        reader.MoveNext().ShouldBeTrue();
        EventRow row = reader.Row;
        (row.Time.UnixNanos, row.Observed.UnixNanos, row.Severity).ShouldBe((-5, long.MaxValue, (byte)17));
        row.TraceId.ToArray().ShouldBe(Some.TraceId(1));
        row.SpanId.ToArray().ShouldBe(Some.SpanId(2));
        FieldReader fields = row.Fields;
        var seen = new List<string>();
        while (fields.MoveNext())
            seen.Add($"{Encoding.UTF8.GetString(fields.Name)}:{fields.Value.Kind}={fields.Value.ToString()}");
        seen.ShouldBe(
        [
            "f0:Null=", "f1:True=true", "f2:False=false", "f3:Int=-9223372036854775808", "f4:Double=0.1",
            "f5:Double=NaN",
            "f6:String=é", "f7:String=", "f8:Bytes=00ff", "f9:Array=[]", "f10:Array=[1,[\"x\"]]", "f11:Map={\"a\":{}}",
        ]);
        row.TryGet("service.name"u8, out FieldValue service).ShouldBeTrue();
        service.ToString().ShouldBe("api");
        reader.MoveNext().ShouldBeFalse();
    }

    [Fact]
    public void Ids_that_are_absent_are_empty()
    {
        using var writer = new EventBatchWriter(Dataset.Logs);
        writer.BeginRow(default, default, 0, default, default);
        writer.EndRow();
        var reader = new EventBatchReader(writer.Encoded.Span);
        reader.MoveNext().ShouldBeTrue();
        reader.Row.TraceId.IsEmpty.ShouldBeTrue();
        reader.Row.SpanId.IsEmpty.ShouldBeTrue();
        reader.Row.Stream.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void A_row_wins_over_its_stream()
    {
        using var writer = new EventBatchWriter(Dataset.Logs);
        writer.BeginStream();
        Field(writer, "a", "stream");
        writer.EndStream();
        writer.BeginRow(default, default, 0, default, default);
        Field(writer, "a", "row");
        writer.EndRow();
        var reader = new EventBatchReader(writer.Encoded.Span);
        reader.MoveNext();
        reader.Row.TryGet("a"u8, out FieldValue value).ShouldBeTrue();
        value.ToString().ShouldBe("row");
    }

    [Fact]
    public void A_cancelled_row_leaves_no_trace()
    {
        using var writer = new EventBatchWriter(Dataset.Logs);
        byte[] empty = writer.Encoded.ToArray();
        writer.BeginRow(default, default, 0, default, default);
        writer.Name("x"u8);
        writer.BeginArray();
        writer.CancelRow();
        writer.Depth.ShouldBe(0);
        writer.Encoded.ToArray().ShouldBe(empty);
    }

    [Fact]
    public void An_attribute_cannot_pass_for_a_built_in_field()
    {
        using var writer = new EventBatchWriter(Dataset.Logs);
        writer.BeginRow(default, default, 0, default, default);
        writer.AttributeName("@body"u8);
        writer.Int(1);
        writer.EndRow();
        var reader = new EventBatchReader(writer.Encoded.Span);
        reader.MoveNext();
        reader.Row.TryGet(Fields.Body, out _).ShouldBeFalse();
        reader.Row.TryGet("@@body"u8, out _).ShouldBeTrue();
    }

    /// <summary>The bytes that docs/formats/event-batch.md shows.</summary>
    [Fact]
    public void The_bytes_are_those_of_the_format_page()
    {
        using var writer = new EventBatchWriter(Dataset.Logs);
        writer.BeginStream();
        Field(writer, "s", "a");
        writer.EndStream();
        writer.BeginRow(new Instant(1), new Instant(2), 9, default, Some.SpanId(0));
        Field(writer, "n", 5L);
        Field(writer, "l", new object?[] { true });
        writer.EndRow();
        Convert.ToHexStringLower(writer.Encoded.Span).ShouldBe(
            "5442010101000000" + "0500000001" + "0173050161" + "3c00000002" + "0100000000000000" + "0200000000000000"
            + "09"
            + "00000000000000000000000000000000" + "0101010101010101" + "016e030500000000000000" + "016c070100000002");
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void Damaged_batches_are_refused_and_never_read_outside()
    {
        byte[] batch = Some.Batch(
            Some.Log("one").With(("list", new object?[] { 1, "two" }),
                ("map", new Dictionary<string, object?> { ["k"] = 2.5 })),
            Some.Log("two", 1) with { Service = "web", TraceId = Some.TraceId(1) });
        var mutation = new Mutation(FuzzSeed.Of(7));
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bad = mutation.Of(batch);
            try
            {
                var reader = new EventBatchReader(bad);
                while (reader.MoveNext())
                {
                    FieldReader fields = reader.Row.Fields;
                    while (fields.MoveNext())
                        _ = fields.Value.ToString();
                }
            }
            catch (InvalidDataException)
            {
                // The one way to say no.
            }
        }
    }

    private static void Field(EventBatchWriter writer, string name, object? value)
    {
        writer.Name(Encoding.UTF8.GetBytes(name));
        Some.Value(writer, value);
    }
}
