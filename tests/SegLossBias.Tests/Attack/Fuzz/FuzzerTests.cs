namespace SegLossBias.Tests.Attack.Fuzz;

/// <summary>A small run of the fuzzer, and a proof that it finds what it looks for. <c>./build.sh fuzz</c> runs more.</summary>
public class FuzzerTests
{
    public static TheoryData<string> Planted => [.. PlantedFaults.Names];

    [Fact]
    public void SomeHundredCases_AreRight()
    {
        var failures = new List<string>();
        new Fuzzer(20) { Failed = failures.Add }.Run(0, 300);
        failures.Should().BeEmpty();
    }

    /// <summary>Also a fault that ends the process is named, and the cases behind it run.</summary>
    [Theory]
    [MemberData(nameof(Planted))]
    public void PlantedFault_IsFound(string name)
    {
        var failures = new List<string>();
        new Fuzzer(20) { Planted = name, Failed = failures.Add, Patience = TimeSpan.FromSeconds(name == "hang" ? 40 : 120) }
            .Run(PlantedFaults.Case - 1, 3).Should().Be(1);
        failures.Should().ContainSingle().Which.Should().StartWith($"20:{PlantedFaults.Case} planted {name}: expected ");
    }

    [Fact]
    public void SameSeedAndCase_AreTheSameAttack() =>
        Enumerable.Range(0, 50).Select(number => Attempts.Make(3, number).Input).Should().Equal(Enumerable.Range(0, 50).Select(number => Attempts.Make(3, number).Input));
}
