//! Why a use case was not carried out. Nothing was changed then.

use domain::access::Fault;
use domain::accounts::BadPassword;
use domain::licences::{Exhausted, NoPrice, NoStep, UnknownPolicy};
use domain::members::Refusal;
use domain::modules::changing::BadChange;
use domain::modules::making::{BadArrangement, BadField};
use domain::modules::naming::BadApiName;
use domain::portals::BadName;
use domain::records::{FieldError, QueryError};
use domain::time::Day;
use store::engine;
use store::licences::PoolError;
use store::records::{ReadError, WriteError};

use crate::policies::{Beyond, Failing, TypeFaults};

/// What sort of failure it is: `web` maps it to a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What was asked is wrong.
    Invalid,
    /// Nobody is signed in, or no longer.
    SignedOut,
    /// The one who asks may not do this.
    Forbidden,
    NotFound,
    /// It clashes with what is there.
    Conflict,
    /// A limit is reached.
    Limit,
    /// Try again later.
    Busy,
    /// Our fault.
    Internal,
}

/// Why a use case was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("please sign in")]
    SignedOut,
    #[error("the address or the password is wrong")]
    WrongPassword,
    #[error("people sign in to this portal at their own company, not with a password")]
    AtProvider,
    /// What a provider has sent.
    #[error("the sign-in at your company was not accepted: {0}")]
    Provider(#[from] signin::saml::Refused),
    /// What an administrator has entered of a provider.
    #[error(transparent)]
    Certificate(signin::saml::Refused),
    #[error("this browser did not begin this sign-in, or it took too long: please begin again")]
    NotBegun,
    /// Somebody whom a provider knows, by their address.
    #[error("there is no access to this portal for {0}: open the link of your invitation first, or ask for one")]
    NotInvited(String),
    #[error("too many attempts: please wait a quarter of an hour")]
    Locked,
    #[error("this needs the permission {0}")]
    NoPermission(&'static str),
    #[error("this is not allowed")]
    Forbidden,
    #[error("the scopes of the token do not allow this")]
    ScopeMismatch,
    /// The thing by its name: `record`, `portal`, `invitation`.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    #[error("the link does not work any more: it was used, replaced or is too old")]
    LinkSpent,
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Fields(Vec<FieldError>),
    #[error("{name}: {why}")]
    Name { name: &'static str, why: BadName },
    #[error(transparent)]
    ApiName(#[from] BadApiName),
    #[error(transparent)]
    Field(#[from] BadField),
    #[error(transparent)]
    FieldChange(#[from] BadChange),
    /// An option that was to be left out.
    #[error("records still hold {0:?}: give them another option first")]
    OptionHeld(String),
    #[error("several records have the same value: it cannot be kept unique")]
    SameValues,
    /// Where a field is needed that was to be deleted.
    #[error("the field is still needed by {}: take it out there first", .0.join(", "))]
    FieldNeeded(Vec<String>),
    #[error(transparent)]
    Arrangement(#[from] BadArrangement),
    #[error("{0}: expected {1}")]
    Input(&'static str, String),
    #[error(transparent)]
    Query(#[from] QueryError),
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Policy(Vec<Fault>),
    /// What is wrong with a document of policies, by user type.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Policies(Vec<TypeFaults>),
    #[error("the draft was changed by somebody else in the meantime: look at it again")]
    DraftChanged,
    #[error("version {published} is in force meanwhile, and this was made in the place of version {base}: bring it up to date first")]
    StaleDraft { base: i64, published: i64 },
    #[error("since the draft was begun others have changed the same user types: {}", .0.join(", "))]
    DraftsClash(Vec<String>),
    #[error("the draft does not wait for approval")]
    NotWaiting,
    #[error("somebody who has not worked on it has to agree")]
    OwnWork,
    #[error(
        "this may let people see or do more than before, and here that needs a second administrator: make the change in a draft and ask for approval"
    )]
    NeedsSecond,
    #[error("at least two employees who may Manage Portals are needed for that")]
    NoSecond,
    /// What was to come into force is not what the kept tests say.
    #[error("{0}")]
    TestsFail(Failing),
    /// What was to come into force opens more records to everybody than it allows itself.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    BeyondReach(Vec<Beyond>),
    #[error("the tests were changed by somebody else in the meantime: look at them again")]
    TestsChanged,
    /// A text that cannot be read as policies, with its place.
    #[error("{0}")]
    PolicyText(String),
    #[error("the policy of {0} cannot be read, and would be lost: go back to a version that can")]
    UnreadablePolicy(String),
    #[error("the policies cannot be read: go back to a version that can")]
    UnreadablePolicies,
    #[error("this {0} exists already")]
    Exists(&'static str),
    #[error("employees decide by now about those who sign up here")]
    Undecided,
    /// Somebody who signed up, and why they could not be let in.
    #[error("they could not be let in: {0}")]
    NotLetIn(String),
    #[error("the record has no e-mail address")]
    NoAddress,
    #[error("the record was changed by somebody else in the meantime: look at it again")]
    Changed,
    #[error("the record would not be one of yours")]
    OutOfScope,
    #[error("the edition {0} has no portals: expected enterprise or ultimate")]
    Edition(&'static str),
    #[error(transparent)]
    Password(#[from] BadPassword),
    #[error(transparent)]
    Exhausted(#[from] Exhausted),
    #[error(transparent)]
    NoStep(#[from] NoStep),
    /// Fewer bought licences than seats need that are held. The people are those who got theirs last.
    #[error("expected at least {least} licences, or people have to go first, such as {}", .newest.join(", "))]
    TooFewLicences { least: u64, newest: Vec<String> },
    #[error(transparent)]
    UnknownPolicy(#[from] UnknownPolicy),
    #[error("the licence policy {policy} lets nobody be invited whose address is of the organisation's own domain {domain}")]
    OwnDomain { policy: String, domain: String },
    /// Something else that the licence policy does not let an organisation have.
    #[error("the licence policy {policy} has no {what}")]
    NotInPolicy { policy: String, what: &'static str },
    #[error("the organisation is only on trial: licences are bought once it has an edition with portals")]
    OnTrial,
    #[error("nobody can be invited since {}, for an invoice is not paid", .0.iso())]
    InvitationsHeld(Day),
    #[error("invoice {0} was taken back: nothing is owed for it")]
    TakenBack(u64),
    #[error("invoice {0} is paid")]
    Paid(u64),
    #[error(transparent)]
    Payment(#[from] payments::Failure),
    #[error(transparent)]
    Message(#[from] payments::BadMessage),
    /// Of one that is there, but whose people cannot sign in just now.
    #[error("this portal is closed at the moment: nobody can sign in")]
    PortalClosed,
    #[error("an organisation can have at most {0} portals")]
    TooManyPortals(usize),
    #[error("a portal can have at most {0} user types")]
    TooManyTypes(usize),
    #[error("there can be at most {0} drafts: publish or discard one first")]
    TooManyDrafts(usize),
    #[error("at most {0} files can wait for one person: they are forgotten after a day")]
    TooManyUploads(i64),
    #[error("at most {0} jobs can be under way for one person: wait until one has ended")]
    TooManyJobs(usize),
    #[error("at most {0} channels can stand for one person: close one, or wait until one expires")]
    TooManyChannels(usize),
    #[error("another call was made with this idempotency key: take a new key for each call")]
    KeyReused,
    #[error("the call with this idempotency key is under way, or broke off: look what became of it before you make it again")]
    KeyInUse,
    #[error("the query takes longer than {0} seconds: ask for less, or of fewer records")]
    TooSlow(u32),
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("the default user type {0}")]
    DefaultType(&'static str),
    #[error("the user type was changed by somebody else in the meantime: look at it again")]
    TypeChanged,
    #[error("the user type still has portal users")]
    TypeInUse,
    #[error("the portal still has portal users: move or remove them first")]
    PortalInUse,
    #[error("this is only a look at what somebody else sees: nothing can be changed here, and nothing was")]
    OnlyLooking,
    /// The access went out of date: look again who asks, then try once more.
    #[error("the access is out of date")]
    Stale,
    /// Several records have the same value in a field by which one is looked for.
    #[error("several records have the same value in {0}")]
    Ambiguous(String),
    /// A portal user shall have the address that they have.
    #[error("the record has no other address than the portal user: change it there first")]
    SameAddress,
    #[error("the server is busy: please try again")]
    Busy,
    #[error("something went wrong on our side")]
    Internal(#[source] engine::Error),
}

impl Error {
    /// What sort of failure it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::SignedOut | Self::WrongPassword | Self::Stale => Kind::SignedOut,
            Self::NoPermission(_) | Self::Forbidden | Self::ScopeMismatch | Self::OutOfScope | Self::Edition(_) => Kind::Forbidden,
            Self::OwnWork | Self::NeedsSecond | Self::OnlyLooking | Self::NotInPolicy { .. } => Kind::Forbidden,
            Self::Provider(_) | Self::NotInvited(_) => Kind::Forbidden,
            Self::NotFound(_) | Self::LinkSpent | Self::PortalClosed => Kind::NotFound,
            Self::Exists(_)
            | Self::SameAddress
            | Self::Ambiguous(_)
            | Self::Changed
            | Self::TypeChanged
            | Self::TypeInUse
            | Self::PortalInUse
            | Self::KeyReused
            | Self::KeyInUse => Kind::Conflict,
            Self::DraftChanged | Self::StaleDraft { .. } | Self::DraftsClash(_) | Self::NotWaiting | Self::TestsChanged => Kind::Conflict,
            Self::NotLetIn(_) | Self::Undecided | Self::NoSecond | Self::UnreadablePolicies | Self::UnreadablePolicy(_) => Kind::Conflict,
            Self::Locked
            | Self::Exhausted(_)
            | Self::TooManyTypes(_)
            | Self::TooManyDrafts(_)
            | Self::TooManyJobs(_)
            | Self::TooManyChannels(_)
            | Self::TooManyUploads(_)
            | Self::TooSlow(_) => Kind::Limit,
            Self::TooManyPortals(_) | Self::InvitationsHeld(_) => Kind::Limit,
            Self::UnknownPolicy(_) | Self::OnTrial => Kind::Conflict,
            Self::NoStep(NoStep::TooMany(_) | NoStep::NotFewer(_) | NoStep::NoPrice(NoPrice::Quantity)) => Kind::Invalid,
            Self::NoStep(_) | Self::TooFewLicences { .. } | Self::TakenBack(_) | Self::Paid(_) => Kind::Conflict,
            Self::OptionHeld(_) | Self::SameValues | Self::FieldNeeded(_) => Kind::Conflict,
            Self::Busy | Self::Payment(_) => Kind::Busy,
            Self::Internal(_) => Kind::Internal,
            _ => Kind::Invalid,
        }
    }

    /// In words for whoever runs the server, with what the database said: nobody else is told that.
    #[must_use]
    pub fn in_full(&self) -> String {
        match self {
            Self::Internal(cause) => cause.to_string(),
            other => other.to_string(),
        }
    }
}

impl From<engine::Error> for Error {
    fn from(error: engine::Error) -> Self {
        match error {
            engine::Error::OnlyLooking => Self::OnlyLooking,
            error if error.is_transient() => Self::Busy,
            error => Self::Internal(error),
        }
    }
}

impl From<ReadError> for Error {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Stale => Self::Stale,
            ReadError::Query(why) => Self::Query(why),
            ReadError::Engine(error) => error.into(),
        }
    }
}

impl From<WriteError> for Error {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Fields(errors) => Self::Fields(errors),
            WriteError::NotFound => Self::NotFound("record"),
            WriteError::Forbidden => Self::Forbidden,
            WriteError::OutOfScope => Self::OutOfScope,
            WriteError::Changed => Self::Changed,
            WriteError::Stale => Self::Stale,
            WriteError::Engine(error) => error.into(),
        }
    }
}

impl From<PoolError> for Error {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Exhausted(why) => Self::Exhausted(why),
            PoolError::Unknown(why) => Self::UnknownPolicy(why),
            PoolError::Engine(error) => error.into(),
        }
    }
}
