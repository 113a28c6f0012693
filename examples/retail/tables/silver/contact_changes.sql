/* lakewright
description: Every change of a contact in the CRM, in canonical form
key: contact_id
load: {type: changelog, sequence: modified_at}
reads:
  contacts: {table: bronze.crm_contacts, rows: new}
*/
select
    Id as contact_id,
    nullif(trim(AccountId), '') as account_id,
    initcap(trim(FirstName)) as first_name,
    initcap(trim(LastName)) as last_name,
    case when contains(Email, '@') then lower(trim(Email)) end as email,
    nullif(regexp_replace(Phone, '[^0-9+]', ''), '') as phone,
    nullif(regexp_replace(MobilePhone, '[^0-9+]', ''), '') as mobile_phone,
    nullif(trim(Title), '') as title,
    nullif(trim(Department), '') as department,
    nullif(trim(LeadSource), '') as lead_source,
    nullif(trim(MailingStreet), '') as street,
    nullif(trim(MailingCity), '') as city,
    nullif(trim(MailingState), '') as state,
    nullif(trim(MailingPostalCode), '') as postal_code,
    upper(nullif(trim(MailingCountry), '')) as country,
    DoNotCall as do_not_call,
    HasOptedOutOfEmail as has_opted_out_of_email,
    EngagementScore as engagement_score,
    coalesce(trim(Email) <> '' and not contains(Email, '@'), false) as has_bad_email,
    CreatedDate as created_at,
    LastModifiedDate as modified_at
from contacts
