using Tocsin.Query.Plans;

namespace Tocsin.Query.Logs;

/// <summary>Makes predicates of filters that another front end has built.</summary>
public static class FilterReading
{
    /// <summary>Fails where a value makes no sense for its field, such as a trace id that is none.</summary>
    public static LogQueryResult Compile(Filter filter)
    {
        try
        {
            return new LogQueryResult(filter.ToPredicate(), null);
        }
        catch (LogQueryException error)
        {
            return new LogQueryResult(null, error.Error);
        }
    }
}
