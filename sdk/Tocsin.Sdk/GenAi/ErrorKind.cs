using System.Globalization;

namespace TocsinSdk.GenAi;

/// <summary>The value of error.type: few different ones, so that measures can be split by it.</summary>
internal static class ErrorKind
{
    /// <summary>"429" for an HTTP answer, "timeout", "cancelled", else the exception's full type name.</summary>
    public static string Of(Exception exception) => exception switch
    {
        HttpRequestException { StatusCode: { } status } => ((int)status).ToString(CultureInfo.InvariantCulture),
        TimeoutException or OperationCanceledException { InnerException: TimeoutException } => "timeout",
        OperationCanceledException => "cancelled",
        _ => exception.GetType().FullName ?? exception.GetType().Name,
    };
}
