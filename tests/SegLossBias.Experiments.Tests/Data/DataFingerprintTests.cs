using SegLossBias.Experiments.Tests.Learning;
using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Tests.Data;

public sealed class DataFingerprintTests
{
    [Fact]
    public void EqualCases_HaveOneFingerprint_WhereverTheyAre()
    {
        using var one = Tiny.Splits();
        using var other = Tiny.Splits();
        DataFingerprint.Of(other with { Origin = "elsewhere" }).Should().Be(DataFingerprint.Of(one));
        DataFingerprint.Of(one).Should().MatchRegex("^8 to train, 3 to validate, 2 to test; [0-9a-f]{16}$");
    }

    [Fact]
    public void WhatDiffers_IsTold()
    {
        using var scope = NewDisposeScope();
        Case Item(string name, byte label = 1, string? group = null) => new(name, zeros(1, 1, 2), tensor(new byte[] { 0, label }, [1, 2]), [1, 1], group: group);
        CaseSplits Splits(Case[] train, params Case[] validation) => new(train, validation, [], ["background", "one", "two"], null, "");
        CaseSplits[] all =
        [
            Splits([Item("a"), Item("b")], Item("c")),
            Splits([Item("a"), Item("c")], Item("b")),
            Splits([Item("a"), Item("b")], Item("d")),
            Splits([Item("a"), Item("b", label: 2)], Item("c")),
            Splits([Item("a"), Item("b", group: "a")], Item("c")),
            Splits([Item("a")], Item("b"), Item("c")),
            Splits([Item("a"), Item("b")], Item("c")) with { Classes = ["background", "one", "other"] },
        ];
        all.Select(DataFingerprint.Of).Should().OnlyHaveUniqueItems();
    }
}
