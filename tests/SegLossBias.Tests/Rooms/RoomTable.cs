namespace SegLossBias.Tests.Rooms;

/// <summary>Who may use whom: a room is a folder of src/SegLossBias, and data flows through the rooms in one direction.</summary>
internal static class RoomTable
{
    /// <summary>
    /// What each room may use besides itself. Checks holds what all need and what needs nothing: checks of settings, and
    /// shapes and lists as text for error messages. A type at the root of the project has no room and is an error.
    /// </summary>
    internal static readonly IReadOnlyDictionary<string, string[]> MayUse = new Dictionary<string, string[]>
    {
        ["Interop"] = [],
        ["Checks"] = [],
        ["Optimizers"] = ["Checks"],
        ["Statistics"] = ["Checks"],
        ["Kernels"] = ["Checks", "Statistics"],
        ["Inputs"] = ["Checks", "Interop", "Statistics"],
        ["Regions"] = ["Checks", "Interop", "Statistics", "Kernels", "Inputs"],
        ["Formulas"] = ["Checks", "Statistics", "Regions"],
        ["Maps"] = ["Checks", "Interop", "Statistics", "Inputs"],
        ["Losses"] = ["Checks", "Interop", "Statistics", "Kernels", "Inputs", "Regions", "Formulas", "Maps"],
        ["Metrics"] = ["Checks", "Interop", "Statistics", "Inputs", "Maps"],
        ["Diagnostics"] = ["Checks", "Interop", "Statistics", "Kernels", "Inputs", "Regions", "Formulas", "Losses", "Metrics"],
    };

    /// <summary>Uses that the table forbids and the code has. One that is gone must be deleted here.</summary>
    internal static readonly KnownException[] KnownExceptions =
    [
        new("Formulas", "TensorArithmetic", "The tensor form of an operation must keep its Scalars alive during the call, and only Interop knows how."),
    ];

    /// <summary>A use that is allowed although the table forbids it.</summary>
    /// <param name="Room">Who uses.</param>
    /// <param name="Used">The type that is used.</param>
    /// <param name="Reason">Why.</param>
    internal sealed record KnownException(string Room, string Used, string Reason);
}
