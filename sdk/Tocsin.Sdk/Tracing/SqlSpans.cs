using System.Diagnostics;
using OpenTelemetry;

namespace TocsinSdk.Tracing;

/// <summary>
/// Names database spans after their statement and takes the literals out of it: drivers name every span "postgresql"
/// and
/// give the text as it was sent.
/// </summary>
internal sealed class SqlSpans : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data) => Quiet.Do(Name, data);

    internal static void Name(Activity span)
    {
        var key = "db.query.text";
        if (span.GetTagItem(key) is not string sql)
        {
            key = "db.statement";
            if (span.GetTagItem(key) is not string older)
                return;
            sql = older;
        }
        var system = SystemOf(span);
        var shape = SqlShape.Of(sql, SqlShape.DialectOf(system));
        span.SetTag(key, shape.Text);
        if (shape.Summary.Length == 0)
            return;
        if (span.GetTagItem("db.query.summary") is null)
            span.SetTag("db.query.summary", shape.Summary);
        if (span.GetTagItem("db.operation.name") is null)
            span.SetTag("db.operation.name", shape.Operation);
        if (shape.Collection is { } collection && span.GetTagItem("db.collection.name") is null)
            span.SetTag("db.collection.name", collection);
        if (IsGeneric(span, system))
            span.DisplayName = shape.Summary;
    }

    public static string? SystemOf(Activity span) =>
        (span.GetTagItem("db.system.name") ?? span.GetTagItem("db.system")) as string;

    // A name that the application or its library chose with care is left.
    private static bool IsGeneric(Activity span, string? system) =>
        span.DisplayName is var name
        && (name == system || name == span.OperationName
            || name == (span.GetTagItem("db.namespace") ?? span.GetTagItem("db.name")) as string);
}
