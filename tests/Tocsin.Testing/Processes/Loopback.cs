using System.Net;
using System.Net.Sockets;

namespace Tocsin.Testing.Processes;

/// <summary>Addresses for servers that tests start.</summary>
public static class Loopback
{
    /// <summary>A port nobody listens on now; somebody else may take it before it is used, which is rare.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
