using Tocsin.Model;
using Tocsin.Query.Cells;
using Tocsin.Query.Execution;

namespace Tocsin.Query.Expressions;

/// <summary>Functions on times, all in UTC.</summary>
internal static class Times
{
    /// <summary>The moment the query began, the same for every row.</summary>
    public static FunctionBody Now(QueryContext context)
    {
        Cell now = Cell.Of(context.Now);
        return _ => now;
    }

    /// <summary>Nanoseconds since a time.</summary>
    public static FunctionBody Age(QueryContext context)
    {
        Cell now = Cell.Of(context.Now);
        return a => Arithmetic.Of(BinaryOperator.Subtract, now, ToTime(a[0]));
    }

    /// <summary>A text in ISO 8601, or nanoseconds since 1970.</summary>
    public static Cell ToTime(in Cell value) => value.Kind switch
    {
        CellKind.Time => value,
        CellKind.Int => Cell.Of(new Instant(value.AsInt)),
        CellKind.Text when Instant.Parse(value.ToString()) is { } time => Cell.Of(time),
        _ => Cell.Missing,
    };

    /// <summary>Nanoseconds of a text such as 12ms.</summary>
    public static Cell ToDuration(in Cell value) =>
        value.Kind == CellKind.Int ? value
        : TimeText.Length(value.ToString()) is { } nanos ? Cell.Of(nanos) : Cell.Missing;

    /// <summary>Monday is 1.</summary>
    public static long Weekday(DateTimeOffset time) => ((long)time.DayOfWeek + 6) % 7 + 1;

    public static Cell Part(in Cell value, Func<DateTimeOffset, Cell> part)
    {
        Cell time = ToTime(value);
        return time.IsMissing ? time : part(new Instant(time.AsInt).ToDateTimeOffset());
    }
}
