# Judges PEP 740 attestations with pypi-attestations, whose own checks run whole; only the roots of trust are the test's, since
# its interface knows the public ones alone. Reads a list of cases from standard input, writes a list of outcomes.
import json
import sys

import pypi_attestations
from sigstore.models import TrustedRoot
from sigstore.verify import Verifier


def judge(case):
    try:
        verifier = Verifier(trusted_root=TrustedRoot.from_file(case["trustedRoot"]))
        pypi_attestations._impl.Verifier.production = staticmethod(lambda offline=False: verifier)
        attestation = pypi_attestations.Attestation.model_validate(case["attestation"])
        publisher = pypi_attestations.GitHubPublisher(repository=case["repository"], workflow=case["workflow"])
        distribution = pypi_attestations.Distribution(name=case["name"], digest=case["digest"])
        predicate, _ = attestation.verify(publisher, distribution)
        return f"verified {predicate}"
    except Exception as refused:  # What it raises differs by what is wrong; the test looks at the words.
        return f"refused: {refused}"


json.dump([judge(case) for case in json.load(sys.stdin)], sys.stdout)
