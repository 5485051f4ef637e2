using Mono.Cecil;

namespace SegLossBias.Tests.Rooms;

/// <summary>The rooms of the library use each other in one direction only, as <see cref="RoomTable"/> says.</summary>
public class RoomTests
{
    private static readonly string Library = typeof(SegmentationLoss).Assembly.Location;

    private static readonly Lazy<Use[]> AllUses = new(FindUses);

    [Fact]
    public void Rooms_UseOnlyWhatTheTableAllows()
    {
        var forbidden = AllUses.Value.Where(use => !IsAllowed(use) && !IsKnown(use)).GroupBy(use => (use.Room, use.UsedRoom))
            .OrderBy(edge => edge.Key.Room, StringComparer.Ordinal).Select(Describe).ToArray();
        Assert.True(forbidden.Length == 0, $"The rooms of src/SegLossBias may use each other only as RoomTable says; move the type, or turn the use around.\n{string.Join('\n', forbidden)}");
    }

    [Fact]
    public void KnownExceptions_AreStillThere() =>
        RoomTable.KnownExceptions.Where(known => !AllUses.Value.Any(use => use.Room == known.Room && use.Used == known.Used && !IsAllowed(use)))
            .Should().BeEmpty("an exception that is mended must be deleted from RoomTable");

    [Fact]
    public void EveryType_LiesInARoomOfTheTable()
    {
        using var module = ModuleDefinition.ReadModule(Library);
        var rooms = SourceRooms.Of(Library);
        var types = module.Types.Select(type => (type.Name, Room: RoomOf(type, rooms))).Where(type => type.Room is not null).ToArray();
        types.Select(type => type.Room).Should().Contain(["Interop", "Kernels", "Losses"], "else the symbols were not read");
        types.Where(type => !RoomTable.MayUse.ContainsKey(type.Room!)).Should().BeEmpty("a type belongs into a folder of the table");
        RoomTable.MayUse.Values.SelectMany(used => used).Should().BeSubsetOf(RoomTable.MayUse.Keys);
    }

    /// <summary>Were the reading of the assembly blind to one kind of use, the table would be kept only by luck.</summary>
    [Theory]
    [InlineData("Dice", "OverlapTerm", "a base class")]
    [InlineData("WeightedTerm", "Schedule", "a signature")]
    [InlineData("RegionJob", "PixelView", "a field of a struct")]
    [InlineData("LossEvaluation", "SegmentationInput", "a parameter of a primary constructor")]
    [InlineData("LossFactory", "CrossEntropy", "typeof in an initialiser")]
    [InlineData("ClassWeights", "ClassWeights", "an attribute's argument")]
    [InlineData("LossSum", "Shapes", "a call inside a lambda")]
    [InlineData("RegionTerm", "SegmentationMode", "an enum without methods")]
    public void Uses_AreSeen(string user, string used, string by) =>
        AllUses.Value.Should().Contain(use => use.User == user && use.Used == used, by);

    private static bool IsAllowed(Use use) => use.Room == use.UsedRoom || (RoomTable.MayUse.TryGetValue(use.Room, out var allowed) && allowed.Contains(use.UsedRoom));

    private static bool IsKnown(Use use) => RoomTable.KnownExceptions.Any(known => known.Room == use.Room && known.Used == use.Used);

    private static string Describe(IGrouping<(string Room, string UsedRoom), Use> edge)
    {
        var allowed = RoomTable.MayUse.TryGetValue(edge.Key.Room, out var rooms) && rooms.Length > 0 ? string.Join(", ", rooms) : "no other room";
        var uses = edge.GroupBy(use => (use.User, use.Used)).Select(use => $"    {use.Key.User} uses {use.Key.Used} in {string.Join(", ", use.Select(one => one.Member).Distinct())}");
        return $"{edge.Key.Room}/ must not use {edge.Key.UsedRoom}/ (it may use {allowed}):\n{string.Join('\n', uses)}";
    }

    private static Use[] FindUses()
    {
        var rooms = SourceRooms.Of(Library);
        using var module = ModuleDefinition.ReadModule(Library);
        return [.. module.GetTypes().SelectMany(type => UsesOf(type, rooms)).Distinct()];
    }

    private static IEnumerable<Use> UsesOf(TypeDefinition type, Dictionary<int, string> rooms)
    {
        var user = Outermost(type);
        if (RoomOf(user, rooms) is not { } room)
        {
            yield break;
        }

        foreach (var (member, reference) in TypeUses.Of(type))
        {
            // Types of other assemblies have no room.
            if (reference.Scope == type.Module && Outermost(reference.Resolve()) is var used && RoomOf(used, rooms) is { } usedRoom)
            {
                yield return new(room, PlainName(user), member, usedRoom, PlainName(used));
            }
        }
    }

    private static TypeDefinition Outermost(TypeDefinition type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    /// <summary>The room of a type or, where it has no code of its own, of one nested in it.</summary>
    private static string? RoomOf(TypeDefinition type, Dictionary<int, string> rooms) =>
        rooms.TryGetValue(type.MetadataToken.ToInt32(), out var room) ? room : type.NestedTypes.Select(nested => RoomOf(nested, rooms)).FirstOrDefault(found => found is not null);

    private static string PlainName(TypeDefinition type) => type.Name.Split('`')[0];

    private sealed record Use(string Room, string User, string Member, string UsedRoom, string Used);
}
