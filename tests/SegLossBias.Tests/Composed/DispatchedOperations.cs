using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SegLossBias.Tests.Composed;

/// <summary>
/// Lists the operations that libtorch dispatches, those of autograd on the same thread too, by a callback of its profiler.
/// Operations that others are made of count with them. Linux on x64, and the libtorch whose structures these are.
/// </summary>
internal static unsafe partial class DispatchedOperations
{
    [ThreadStatic]
    private static List<string>? _names;

    internal static bool IsSupported { get; } = OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>Their names in the order of their start.</summary>
    internal static IReadOnlyList<string> Of(Action action)
    {
        var callback = new Callback { Start = &OnStart, Probability = 1 };
        callback.Scopes[0] = 1; // Functions.
        var handle = addThreadLocalCallback(callback);
        try
        {
            var names = _names = [];
            action();
            return names;
        }
        finally
        {
            _names = null;
            removeCallback(handle);
        }
    }

    /// <summary>Called before an operation; returns no context, by a pointer to write it to as C++ does.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint OnStart(nint context, nint function)
    {
        _names?.Add(Marshal.PtrToStringUTF8(name(function)) ?? "");
        *(nint*)context = 0;
        return context;
    }

    [LibraryImport("libtorch_cpu", EntryPoint = "_ZN2at22addThreadLocalCallbackENS_22RecordFunctionCallbackE")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial ulong addThreadLocalCallback(Callback callback);

    [LibraryImport("libtorch_cpu", EntryPoint = "_ZN2at14removeCallbackEm")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial void removeCallback(ulong handle);

    [LibraryImport("libtorch_cpu", EntryPoint = "_ZNK2at14RecordFunction4nameEv")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial nint name(nint function);

    /// <summary>at::RecordFunctionCallback.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Callback
    {
        public delegate* unmanaged[Cdecl]<nint, nint, nint> Start;
        public nint End;
        public double Probability;
        public fixed byte Scopes[16]; // 10 scopes, then 3 wishes.
    }
}
