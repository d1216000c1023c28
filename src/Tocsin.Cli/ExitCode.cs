namespace Tocsin.Cli;

/// <summary>What scripts may rely on.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>The command ran, and its answer is "no": nothing found, a check failed, a test message was refused.</summary>
    public const int No = 1;

    /// <summary>The command line or the configuration is wrong.</summary>
    public const int Usage = 2;

    /// <summary>No server answers at the address.</summary>
    public const int Unreachable = 3;

    /// <summary>The server answered with an error.</summary>
    public const int Refused = 4;
}
