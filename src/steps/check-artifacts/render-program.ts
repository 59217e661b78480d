// The Python program that judges as PyPI does: descriptions by readme_renderer, requirements and licence expressions by
// packaging, mail addresses by email-validator, classifiers by trove-classifiers (all pinned, platform/toolbox). It is a
// text in a module because Slipway is one bundled file; it is run as `python -I -c`, one JSON document in, one out.
//
// Each library is imported only when something is asked of it: most releases need few, and imports are most of the time.

/** Question and answer lists by kind; each answer stands at the place of its question. */
export const judgeProgram = `
import json
import sys


def refused(error):
    return {"why": " ".join(str(error).split())[:400] or type(error).__name__}


def judge_requirements(texts):
    from packaging.requirements import InvalidRequirement, Requirement

    def judge(text):
        try:
            return {"direct": Requirement(text).url is not None}
        except InvalidRequirement as error:
            return refused(error)

    return [judge(text) for text in texts]


def judge_specifiers(texts):
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    def judge(text):
        try:
            SpecifierSet(text)
            return {}
        except InvalidSpecifier as error:
            return refused(error)

    return [judge(text) for text in texts]


def judge_licenses(texts):
    from packaging.licenses import canonicalize_license_expression

    def judge(text):
        try:
            canonicalize_license_expression(text)
            return {}
        except ValueError as error:
            return refused(error)

    return [judge(text) for text in texts]


def judge_emails(texts):
    from email.utils import parseaddr

    from email_validator import EmailNotValidError, validate_email

    def judge(text):
        address = parseaddr(text)[1]
        try:
            if address:
                validate_email(address, check_deliverability=False)
            return {}
        except EmailNotValidError as error:
            return refused(error)

    return [judge(text) for text in texts]


def judge_classifiers(texts):
    from trove_classifiers import classifiers, deprecated_classifiers

    def judge(text):
        if text in deprecated_classifiers:
            return {"kind": "deprecated", "insteadOf": list(deprecated_classifiers[text])}
        return {"kind": "known" if text in classifiers else "unknown"}

    return [judge(text) for text in texts]


def render(kind, text):
    import io

    reports = io.StringIO()
    if kind == "text/markdown":
        from readme_renderer import markdown

        rendered = markdown.render(text)
    elif kind == "text/plain":
        from readme_renderer import txt

        rendered = txt.render(text)
    else:
        from readme_renderer import rst

        rendered = rst.render(text, stream=reports)
    if rendered is None:
        return {"why": reports.getvalue()[:2000].strip() or "nothing is left of it"}
    return {"sizeBytes": len(rendered.encode("utf-8", "replace"))}


def judge_descriptions(pairs):
    def judge(kind, text):
        try:
            return render(kind, text)
        except Exception as error:
            return {"why": "the renderer failed: " + refused(error)["why"]}

    return [judge(kind, text) for kind, text in pairs]


judges = {
    "requirements": judge_requirements,
    "specifiers": judge_specifiers,
    "licenses": judge_licenses,
    "emails": judge_emails,
    "classifiers": judge_classifiers,
    "descriptions": judge_descriptions,
}
questions = json.loads(sys.stdin.buffer.read())
answers = {name: judges[name](asked) for name, asked in questions.items() if asked}
sys.stdout.write(json.dumps(answers) + "\\n")
`;
